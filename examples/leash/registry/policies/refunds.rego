package support.refunds

# A person agrees to large refunds.
default decision := {"allow": true}

decision := {
	"allow": true,
	"obligations": [{"type": "need_approval", "reason": "A person agrees to refunds above 100 EUR."}],
} if {
	input.arguments.amount_eur > 100
}
