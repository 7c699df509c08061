export {
  type Bundle,
  BundleManifest,
  type BundleParts,
  BundleSignature,
  decodeBundle,
  encodeBundle,
  MAX_BUNDLE_BYTES,
} from './bundle.js';
export {
  type BundleReport,
  type BundleSource,
  type FollowBundleOptions,
  followBundle,
  POLICY_BUNDLE,
} from './bundle-follower.js';
export { BundleSources, sourcesOf } from './bundle-sources.js';
export { BUNDLE_PAYLOAD_TYPE, bundleStatement, withSignatures } from './bundle-statement.js';
export { BusTargets, busTargets } from './bus-targets.js';
export { type Entrypoint, RulePath, Scope, speaksFor } from './entrypoint.js';
export { BundleRejectedError, PolicyFaultError } from './errors.js';
export { HotPolicy, type HotPolicyOptions, type Installed } from './hot-policy.js';
export {
  distinctObligations,
  KnownObligation,
  MAX_OBLIGATIONS,
  type Obligations,
  type ReadObligations,
  readObligations,
} from './obligations.js';
export {
  type BundleEngine,
  type EngineOptions,
  type MaybePromise,
  NO_BUNDLE,
  type PolicyEngine,
  type Stopwatch,
} from './policy-engine.js';
export {
  DEFAULT_ENVIRONMENT,
  POLICY_INPUT_SCHEMA,
  PolicyAction,
  PolicyInput,
  type PolicyQuestion,
  PolicyTool,
  policyInput,
  recordedInput,
} from './policy-input.js';
export { type BundleObjects, type KeptRevision, PolicyStore } from './policy-store.js';
export { MAX_INPUT_DEPTH, MAX_INPUT_LENGTH } from './question-text.js';
export { type SidecarOptions, SidecarPolicyEngine } from './sidecar/sidecar-policy-engine.js';
export { WasmPolicyEngine, type WasmPolicyOptions } from './wasm/wasm-policy-engine.js';
