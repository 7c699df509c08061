export { compileRego } from './compile-rego.js';
export { json, someParts } from './parts.js';
export { RULES, someSources, TESTS } from './sources.js';
