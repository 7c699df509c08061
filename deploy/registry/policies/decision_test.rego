package voorman.authz_test

import data.voorman.authz

test_an_empty_question_is_refused if {
	not authz.decision.allow with input as {} with data.registry as registry
}

test_nothing_is_allowed_without_a_registry if {
	not authz.decision.allow with input as execute("sre-diagnosis-bot", "analyze_logs") with data.registry as {}
	not authz.decision.allow with input as delegate("orchestrator", "data-bot", "query") with data.registry as {}
	not authz.decision.allow with input as publish("cli", "sre-diagnosis-bot") with data.registry as {}
}

test_an_action_without_rules_is_refused_with_a_reason if {
	question := object.union(base("sre-diagnosis-bot"), {"action": "memory_write"})
	decision := authz.decision with input as question with data.registry as registry
	decision == {"allow": false, "reasons": {"No rule is about memory_write."}}
}

test_a_question_of_another_version_is_refused if {
	question := object.union(execute("sre-diagnosis-bot", "analyze_logs"), {"schema": 2})
	decision := authz.decision with input as question with data.registry as registry
	not decision.allow
	"This policy does not know the version of the question." in decision.reasons
}

# One objection outweighs every grant.
test_a_grant_with_an_objection_is_a_refusal if {
	decision := authz.decision with authz.grant as {"yes"} with authz.objection as {"no"}
	decision == {"allow": false, "reasons": {"no"}}
}

test_without_grant_and_objection_the_answer_is_no if {
	decision := authz.decision with authz.grant as set() with authz.objection as set()
	decision == {"allow": false, "reasons": ["No rule allows this."]}
}
