package voorman.authz_test

import data.voorman.authz

test_a_bot_executes_a_tool_that_it_lists_and_its_profile_allows if {
	decision := authz.decision with input as execute("sre-diagnosis-bot", "analyze_logs") with data.registry as registry
	decision == {"allow": true, "reasons": {"sre-diagnosis-bot lists analyze_logs and has the profile reader."}}
}

test_a_tool_that_the_manifest_does_not_list_is_refused if {
	decision := authz.decision with input as execute("data-bot", "analyze_logs") with data.registry as registry
	decision == {"allow": false, "reasons": {"The manifest of data-bot does not list analyze_logs."}}
}

test_a_listed_tool_of_a_class_beyond_the_profile_is_refused if {
	decision := authz.decision with input as execute("sre-diagnosis-bot", "restart_service") with data.registry as registry
	decision.reasons == {"The profile reader allows no tool of type api and effect once."}
	not decision.allow
}

test_a_listed_tool_with_an_effect_beyond_the_profile_is_refused if {
	decision := authz.decision with input as execute("sre-diagnosis-bot", "rotate_logs") with data.registry as registry
	decision == {"allow": false, "reasons": {"The profile reader allows no tool of type process and effect once."}}
}

test_the_profile_of_a_researcher_reaches_databases if {
	authz.decision.allow with input as execute("data-bot", "database_query") with data.registry as registry
	not authz.decision.allow with input as execute("sre-diagnosis-bot", "database_query") with data.registry as registry
}

test_an_unknown_profile_allows_nothing if {
	not authz.decision.allow with input as execute("stray-bot", "analyze_logs") with data.registry as registry
}

test_a_listed_tool_that_is_not_in_the_registry_is_refused if {
	decision := authz.decision with input as execute("sre-diagnosis-bot", "gone") with data.registry as registry
	not decision.allow
	"The registry has no tool gone." in decision.reasons
}

test_an_agent_that_is_not_in_the_registry_is_refused if {
	decision := authz.decision with input as execute("stranger", "analyze_logs") with data.registry as registry
	decision == {"allow": false, "reasons": {"The registry has no agent stranger."}}
}

test_another_thing_under_a_listed_name_is_refused if {
	every change in [{"type": "api"}, {"effect": "once"}, {"name": "restart_service"}] {
		question := object.union(execute("sre-diagnosis-bot", "analyze_logs"), {"tool": change})
		decision := authz.decision with input as question with data.registry as registry
		decision == {"allow": false, "reasons": {"analyze_logs is not what the registry says it is."}}
	}
}

test_a_name_in_other_letters_is_another_name if {
	every name in ["Analyze_Logs", "analyze_logs ", "analyze_lo\u0261s", ""] {
		not authz.decision.allow with input as execute("sre-diagnosis-bot", name) with data.registry as registry
	}
}

# The grant holds by itself, not only because there is also an objection.
test_what_is_refused_is_not_granted_either if {
	allowed := execute("sre-diagnosis-bot", "analyze_logs")
	every question in [
		execute("data-bot", "analyze_logs"),
		execute("sre-diagnosis-bot", "restart_service"),
		execute("sre-diagnosis-bot", "rotate_logs"),
		execute("stray-bot", "analyze_logs"),
		execute("stranger", "analyze_logs"),
		object.union(allowed, {"tool": {"type": "api"}}),
		object.union(allowed, {"action": "skill_invoke"}),
	] {
		count(authz.grant) == 0 with input as question with data.registry as registry
	}
	count(authz.grant) == 1 with input as allowed with data.registry as registry
}

# An objection of these rules is about executing tools and nothing else.
test_other_actions_hear_no_objection_about_tools if {
	question := object.union(execute("stray-bot", "rotate_logs"), {"action": "task_delegate", "agent": "orchestrator"})
	decision := authz.decision with input as question with data.registry as registry
	decision == {"allow": false, "reasons": {"The registry has no agent without a name."}}
}
