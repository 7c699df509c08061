package voorman.authz_test

import data.voorman.authz

# Its manifest lists the tool and its profile allows the class: only the separation stands in the way.
test_the_legal_bot_cannot_query_a_database_whatever_its_manifest_says if {
	decision := authz.decision with input as execute("legal-document-bot", "database_query") with data.registry as registry
	decision == {"allow": false, "reasons": {"legal-document-bot can never execute database_query."}}
}

test_the_separation_takes_nothing_else_from_the_legal_bot if {
	authz.decision.allow with input as execute("legal-document-bot", "review_contract") with data.registry as registry
}

test_the_separation_holds_in_every_environment_and_for_every_user if {
	every change in [{"environment": "test"}, {"user_role": "dba", "query_type": "SELECT"}, {"publisher": "cli"}] {
		question := object.union(execute("legal-document-bot", "database_query"), change)
		not authz.decision.allow with input as question with data.registry as registry
	}
}

# Over the registry that is about to be published.
test_no_registered_pair_escapes_the_separation if {
	every agent, tools in authz.never {
		every tool in tools {
			question := object.union(base(agent), {
				"action": "tool_execute",
				"tool_name": tool,
				"tool": described(tool),
			})
			not authz.decision.allow with input as question
		}
	}
}

described(tool) := object.union({"name": tool}, data.registry.tools[tool])

described(tool) := {"name": tool} if not data.registry.tools[tool]
