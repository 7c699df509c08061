# What the policy profiles allow. An agent names its profile in its manifest; a tool's class is its type and its effect.
package voorman.authz

profiles := {
	# Looks at what it was given, with programs that run in the gateway's hands.
	"reader": {"types": {"process", "script"}, "effects": {"read"}},
	# The same, and may look things up at services and in databases.
	"researcher": {"types": {"process", "script", "api", "sql", "mcp"}, "effects": {"read"}},
	# May also change things, as long as a repetition does no harm.
	"operator": {"types": {"process", "script", "api", "sql", "mcp"}, "effects": {"read", "repeatable"}},
}
