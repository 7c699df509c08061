export { type BuiltBundle, compileBundle, revisionOf } from './bundle-build.js';
export { CompilerFaultError, PolicyRejectedError, PolicyUnreadableError } from './errors.js';
export { OpaCommand, type OpaOptions } from './opa-command.js';
export { type PolicyFolder, readPolicyFolder } from './policy-folder.js';
export type { PolicyCompiler, Program } from './ports.js';
export { type RegistryData, registryData } from './registry-data.js';
export { changesBetween, identityOf, type PolicyFile, type PolicySources } from './sources.js';
export { TRACE_MODES, type Trace, type TraceMode, traceDecision } from './trace.js';
