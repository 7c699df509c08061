# Whom the records of each bot may reach. The permissions of the bus are generated from this, by the same sets and
# functions that decisions go by: what is forbidden here never arrives, and what arrives is decided.
package voorman.bus

import data.voorman.authz

# Every bot answers the orchestrator, and writes down what wakes nobody.
targets[bot] contains target if {
	some bot, _ in data.registry.agents
	some target in {"orchestrator", "journal"}
}

# The gateway takes calls from those who may execute something.
targets[bot] contains "tool-gateway" if {
	some bot, agent in data.registry.agents
	some tool in agent.tools
	authz.may_execute(bot, tool)
}

# Another bot could be addressed only by one that may delegate.
targets[bot] contains target if {
	some bot in authz.delegators
	data.registry.agents[bot]
	some target, _ in data.registry.agents
	target != bot
}
