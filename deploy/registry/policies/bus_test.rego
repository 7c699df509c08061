package voorman.bus_test

import data.voorman.authz
import data.voorman.authz_test
import data.voorman.bus

test_a_bot_reaches_the_orchestrator_the_journal_and_the_gateway if {
	targets := bus.targets with data.registry as authz_test.registry
	targets["sre-diagnosis-bot"] == {"orchestrator", "journal", "tool-gateway"}
}

test_a_bot_that_may_execute_nothing_does_not_reach_the_gateway if {
	targets := bus.targets with data.registry as authz_test.registry
	targets["stray-bot"] == {"orchestrator", "journal"}
}

# Over the registry that is about to be published: the bus and the decisions say the same about every pair.
test_no_bot_reaches_a_bot_that_it_may_not_give_a_task if {
	every bot, reached in bus.targets {
		every target, agent in data.registry.agents {
			allowed := {capability |
				some capability in agent.capabilities
				question := authz_test.delegate(bot, target, capability)
				authz.decision.allow with input as question
			}
			is_reached := target in reached
			is_allowed := count(allowed) > 0
			is_reached == is_allowed
		}
	}
}

test_the_gateway_is_reached_by_those_who_may_execute_something if {
	every bot, reached in bus.targets {
		allowed := {tool |
			some tool, described in data.registry.tools
			question := object.union(authz_test.base(bot), {
				"action": "tool_execute",
				"tool_name": tool,
				"tool": object.union({"name": tool}, described),
			})
			authz.decision.allow with input as question
		}
		is_reached := "tool-gateway" in reached
		is_allowed := count(allowed) > 0
		is_reached == is_allowed
	}
}

test_the_bus_knows_every_bot_and_nobody_else if {
	object.keys(bus.targets) == object.keys(data.registry.agents)
}
