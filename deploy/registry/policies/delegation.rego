# Who may hand a task to whom: only the orchestrator, and only what the bot declares to be able to do.
package voorman.authz

# The bus goes by this set too: see bus.rego.
delegators := {"orchestrator"}

grant contains reason if {
	input.action == "task_delegate"
	input.agent in delegators
	input.capability in target_agent.capabilities
	reason := concat("", [input.target_agent, " declares the capability ", input.capability, "."])
}

objection contains reason if {
	input.action == "task_delegate"
	not input.agent in delegators
	reason := concat("", [input.agent, " may not delegate; only the orchestrator does."])
}

objection contains reason if {
	input.action == "task_delegate"
	not target_agent
	reason := concat("", ["The registry has no agent ", object.get(input, "target_agent", "without a name"), "."])
}

objection contains reason if {
	input.action == "task_delegate"
	target_agent
	not input.capability in target_agent.capabilities
	capability := object.get(input, "capability", "without a name")
	reason := concat("", [input.target_agent, " does not declare the capability ", capability, "."])
}

target_agent := data.registry.agents[input.target_agent]
