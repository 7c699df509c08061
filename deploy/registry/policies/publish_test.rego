package voorman.authz_test

import data.voorman.authz

test_a_publisher_addresses_the_orchestrator if {
	authz.decision.allow with input as publish("cli", "orchestrator") with data.registry as registry
}

test_a_publisher_addresses_a_bot_that_is_open_to_publishers if {
	authz.decision.allow with input as publish("ci-pipeline", "sre-diagnosis-bot") with data.registry as registry
}

test_a_bot_that_is_not_open_takes_nothing_from_publishers if {
	decision := authz.decision with input as publish("cli", "legal-document-bot") with data.registry as registry
	not decision.allow
	decision.reasons == {"legal-document-bot takes no tasks from publishers; the orchestrator does."}
}

test_nobody_publishes_to_services_or_strangers if {
	every target in ["tool-gateway", "policy", "journal", "stranger"] {
		not authz.decision.allow with input as publish("cli", target) with data.registry as registry
	}
}

test_a_publisher_speaks_for_nobody_else if {
	question := object.union(publish("cli", "orchestrator"), {"agent": "ci-pipeline"})
	decision := authz.decision with input as question with data.registry as registry
	decision == {"allow": false, "reasons": {"A publisher speaks for nobody but itself."}}
}

test_bots_and_services_are_no_publishers if {
	every publisher in ["sre-diagnosis-bot", "tool-gateway", "orchestrator"] {
		decision := authz.decision with input as publish(publisher, "orchestrator") with data.registry as registry
		decision == {"allow": false, "reasons": {"A service or bot of the inside is no publisher."}}
	}
}

# The grant holds by itself, not only because there is also an objection.
test_what_is_refused_is_not_granted_either_to_a_publisher if {
	allowed := publish("cli", "orchestrator")
	every question in [
		publish("cli", "legal-document-bot"),
		publish("cli", "tool-gateway"),
		object.union(allowed, {"action": "skill_invoke"}),
		object.union(publish("cli", "sre-diagnosis-bot"), {"action": "skill_invoke"}),
	] {
		count(authz.grant) == 0 with input as question with data.registry as registry
	}
	count(authz.grant) == 1 with input as allowed with data.registry as registry
}
