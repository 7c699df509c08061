package voorman.authz_test

import data.voorman.authz

test_the_orchestrator_delegates_what_a_bot_declares if {
	question := delegate("orchestrator", "legal-document-bot", "contract-review")
	decision := authz.decision with input as question with data.registry as registry
	decision == {"allow": true, "reasons": {"legal-document-bot declares the capability contract-review."}}
}

test_a_capability_that_the_bot_does_not_declare_is_refused if {
	question := delegate("orchestrator", "legal-document-bot", "log-diagnosis")
	decision := authz.decision with input as question with data.registry as registry
	decision == {"allow": false, "reasons": {"legal-document-bot does not declare the capability log-diagnosis."}}
}

test_a_delegation_without_a_capability_is_refused if {
	question := object.remove(delegate("orchestrator", "legal-document-bot", "x"), ["capability"])
	not authz.decision.allow with input as question with data.registry as registry
}

test_a_bot_that_is_not_in_the_registry_gets_no_task if {
	question := delegate("orchestrator", "stranger", "contract-review")
	decision := authz.decision with input as question with data.registry as registry
	decision == {"allow": false, "reasons": {"The registry has no agent stranger."}}
}

test_nobody_but_the_orchestrator_delegates if {
	every agent in ["sre-diagnosis-bot", "tool-gateway", "cli", "Orchestrator"] {
		question := delegate(agent, "legal-document-bot", "contract-review")
		decision := authz.decision with input as question with data.registry as registry
		not decision.allow
		concat("", [agent, " may not delegate; only the orchestrator does."]) in decision.reasons
	}
}

# The grant holds by itself, not only because there is also an objection.
test_what_is_refused_is_not_granted_either_to_a_delegation if {
	allowed := delegate("orchestrator", "legal-document-bot", "contract-review")
	every question in [
		delegate("orchestrator", "legal-document-bot", "log-diagnosis"),
		delegate("orchestrator", "stranger", "contract-review"),
		delegate("cli", "legal-document-bot", "contract-review"),
		object.union(allowed, {"action": "skill_invoke"}),
	] {
		count(authz.grant) == 0 with input as question with data.registry as registry
	}
	count(authz.grant) == 1 with input as allowed with data.registry as registry
}
