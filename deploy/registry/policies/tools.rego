# Who may execute which tool: an agent whose manifest lists it, if the agent's profile allows tools of that class.
package voorman.authz

grant contains reason if {
	input.action == "tool_execute"
	may_execute(input.agent, input.tool_name)
	tool_is_as_registered
	reason := concat("", [input.agent, " lists ", input.tool_name, " and has the profile ", acting_agent.profile, "."])
}

objection contains reason if {
	input.action == "tool_execute"
	not acting_agent
	reason := concat("", ["The registry has no agent ", object.get(input, "agent", "without a name"), "."])
}

objection contains reason if {
	input.action == "tool_execute"
	not registered_tool
	reason := concat("", ["The registry has no tool ", object.get(input, "tool_name", "without a name"), "."])
}

objection contains reason if {
	input.action == "tool_execute"
	acting_agent
	registered_tool
	not lists_tool
	reason := concat("", ["The manifest of ", input.agent, " does not list ", input.tool_name, "."])
}

objection contains reason if {
	input.action == "tool_execute"
	registered_tool
	not tool_is_as_registered
	reason := concat("", [input.tool_name, " is not what the registry says it is."])
}

objection contains reason if {
	input.action == "tool_execute"
	acting_agent
	registered_tool
	not profile_allows_tool
	class := concat("", ["type ", registered_tool.type, " and effect ", registered_tool.effect])
	reason := concat("", ["The profile ", acting_agent.profile, " allows no tool of ", class, "."])
}

# What a bot may execute at all, whatever is asked. The bus goes by it too: see bus.rego.
may_execute(bot, name) if {
	name in data.registry.agents[bot].tools
	tool := data.registry.tools[name]
	profile := profiles[data.registry.agents[bot].profile]
	tool.type in profile.types
	tool.effect in profile.effects
	not is_separated(bot, name)
}

acting_agent := data.registry.agents[input.agent]

registered_tool := data.registry.tools[input.tool_name]

lists_tool if input.tool_name in acting_agent.tools

# The gateway says what it is about to execute; the grant is for what was registered, and not for another thing of that name.
tool_is_as_registered if {
	input.tool.name == input.tool_name
	input.tool.type == registered_tool.type
	input.tool.effect == registered_tool.effect
}

profile_allows_tool if {
	profile := profiles[acting_agent.profile]
	registered_tool.type in profile.types
	registered_tool.effect in profile.effects
}
