# The one answer to an enforcement point: allow or deny, with reasons in plain words.
#
# Nothing is allowed unless a rule grants it, and no grant counts against an objection. The other files of this package add
# to the two sets `grant` and `objection`: a grant says why something may happen, an objection why it may not.
# `data.registry` is generated from the manifests of agents and tools.
package voorman.authz

default decision := {"allow": false, "reasons": ["No rule allows this."]}

decision := {"allow": false, "reasons": objection} if {
	count(objection) > 0
} else := {"allow": true, "reasons": grant} if {
	count(grant) > 0
}

# An input document of another version may mean something else by the same words.
objection contains "This policy does not know the version of the question." if not input.schema == 1

objection contains concat("", ["No rule is about ", input.action, "."]) if {
	not input.action in {"tool_execute", "task_delegate", "publish", "approve", "settle"}
}
