export { AGENT_RBAC } from './agent-rbac.js';
export { compileRego } from './compile-rego.js';
export { OpaServer } from './opa-server.js';
export { json, someParts } from './parts.js';
export { RULES, someSources, TESTS } from './sources.js';
