# What people may do through the orchestrator: agree to a call, and say how one in doubt ended.
package voorman.authz

# The person at the machine. The bus has proved who it is.
people := {"cli"}

grant contains reason if {
	input.action in {"approve", "settle"}
	input.agent in people
	reason := concat("", [input.agent, " may ", input.action, "."])
}

objection contains reason if {
	input.action in {"approve", "settle"}
	not input.agent in people
	reason := concat("", [object.get(input, "agent", "Somebody without a name"), " may not ", input.action, "."])
}
