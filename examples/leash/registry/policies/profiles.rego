# What the policy profiles allow: the shipped ones, and one more for this team's bot. This file stands in for the shipped
# one of the same name.
package voorman.authz

profiles := {
	"reader": {"types": {"process", "script"}, "effects": {"read"}},
	"researcher": {"types": {"process", "script", "api", "sql", "mcp"}, "effects": {"read"}},
	"operator": {"types": {"process", "script", "api", "sql", "mcp"}, "effects": {"read", "repeatable"}},
	# May also do what must not be repeated: pay, and write mail.
	"support": {
		"types": {"process", "script", "api", "sql", "mcp", "mail"},
		"effects": {"read", "repeatable", "once"},
	},
}
