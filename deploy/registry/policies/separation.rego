# What a bot can never execute, whatever its manifest and its profile say.
package voorman.authz

# A contract bot reads text that strangers wrote: it gets no way to the data of customers.
never := {"legal-document-bot": {"database_query"}}

objection contains reason if {
	input.action == "tool_execute"
	is_separated(input.agent, input.tool_name)
	reason := concat("", [input.agent, " can never execute ", input.tool_name, "."])
}

is_separated(bot, tool) if tool in never[bot]
