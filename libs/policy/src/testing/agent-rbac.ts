/** As it stood in an older house, to the letter. */
export const AGENT_RBAC = `package agent_rbac
default allow = false
allow {
  input.action == "tool_execute"
  input.tool_name == "database_query"
  input.environment == "production"
  input.user_role == "dba"
  input.query_type == "SELECT"
}
`;
