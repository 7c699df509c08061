# A small registry and questions about it, for the tests of this folder.
package voorman.authz_test

registry := {
	"agents": {
		"legal-document-bot": {
			"domain": "legal",
			"profile": "researcher",
			"tools": ["review_contract", "database_query"],
			"capabilities": ["contract-review"],
			"open_to_publishers": false,
		},
		"sre-diagnosis-bot": {
			"domain": "operations",
			"profile": "reader",
			"tools": ["analyze_logs", "rotate_logs", "restart_service", "database_query", "gone"],
			"capabilities": ["log-diagnosis"],
			"open_to_publishers": true,
		},
		"data-bot": {
			"domain": "data",
			"profile": "researcher",
			"tools": ["database_query"],
			"capabilities": ["query"],
			"open_to_publishers": false,
		},
		"stray-bot": {
			"domain": "none",
			"profile": "no-such-profile",
			"tools": ["analyze_logs"],
			"capabilities": [],
			"open_to_publishers": false,
		},
	},
	"tools": {
		"analyze_logs": {"version": "1.0.0", "type": "process", "effect": "read"},
		"review_contract": {"version": "1.0.0", "type": "process", "effect": "read"},
		"rotate_logs": {"version": "1.0.0", "type": "process", "effect": "once"},
		"restart_service": {"version": "2.1.0", "type": "api", "effect": "once"},
		"database_query": {"version": "1.4.0", "type": "sql", "effect": "read"},
	},
}

base(agent) := {"schema": 1, "tenant": "acme", "session": "s-1", "environment": "production", "agent": agent}

execute(agent, tool) := object.union(base(agent), {
	"action": "tool_execute",
	"tool_name": tool,
	"tool": object.union({"name": tool}, object.get(registry.tools, tool, {})),
})

delegate(agent, target, capability) := object.union(base(agent), {
	"action": "task_delegate",
	"target_agent": target,
	"capability": capability,
})

publish(publisher, target) := object.union(base(publisher), {
	"action": "publish",
	"publisher": publisher,
	"target_agent": target,
})
