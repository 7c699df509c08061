package voorman.authz_test

import data.voorman.authz

judge(agent, action) := object.union(base(agent), {"action": action, "tool_name": "restart_service"})

test_the_person_at_the_machine_approves_and_settles if {
	every action in {"approve", "settle"} {
		authz.decision.allow with input as judge("cli", action) with data.registry as registry
	}
}

# A bot that could approve would approve its own calls.
test_nobody_else_does if {
	every agent in {"sre-diagnosis-bot", "orchestrator", "tool-gateway", "crm", "CLI"} {
		every action in {"approve", "settle"} {
			decision := authz.decision with input as judge(agent, action) with data.registry as registry
			not decision.allow
			decision.reasons == {concat("", [agent, " may not ", action, "."])}
		}
	}
}
