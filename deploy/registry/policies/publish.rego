# Whom an outside publisher may address: the orchestrator, and bots that are open to publishers. The bus has proved that a
# publisher is who it says it is.
package voorman.authz

# Names of the inside. Nobody outside may bear one.
services := {"orchestrator", "tool-gateway", "policy", "memory", "console", "journal"}

grant contains "The orchestrator takes goals from every publisher." if {
	input.action == "publish"
	input.target_agent == "orchestrator"
}

grant contains reason if {
	input.action == "publish"
	target_agent.open_to_publishers == true
	reason := concat("", [input.target_agent, " is open to publishers."])
}

objection contains reason if {
	input.action == "publish"
	target_agent
	not target_agent.open_to_publishers == true
	reason := concat("", [input.target_agent, " takes no tasks from publishers; the orchestrator does."])
}

objection contains reason if {
	input.action == "publish"
	not input.target_agent == "orchestrator"
	not target_agent
	reason := concat("", ["The registry has no agent ", object.get(input, "target_agent", "without a name"), "."])
}

objection contains "A publisher speaks for nobody but itself." if {
	input.action == "publish"
	not input.publisher == input.agent
}

objection contains "A service or bot of the inside is no publisher." if {
	input.action == "publish"
	is_inside(input.agent)
}

is_inside(name) if name in services

is_inside(name) if data.registry.agents[name]
