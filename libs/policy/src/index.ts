export { type Bundle, type BundleParts, decodeBundle, encodeBundle } from './bundle.js';
export {
  type BundleReport,
  type BundleSource,
  type FollowBundleOptions,
  followBundle,
  POLICY_BUNDLE,
} from './bundle-follower.js';
export { sourcesOf } from './bundle-sources.js';
export { BUNDLE_PAYLOAD_TYPE, bundleStatement, withSignatures } from './bundle-statement.js';
export { BusTargets, busTargets } from './bus-targets.js';
export { type Entrypoint, speaksFor } from './entrypoint.js';
export { BundleRejectedError, PolicyFaultError } from './errors.js';
export { HotPolicy, type HotPolicyOptions, type Installed } from './hot-policy.js';
export { type Obligations, type ReadObligations, readObligations } from './obligations.js';
export {
  type BundleEngine,
  type EngineOptions,
  type MaybePromise,
  NO_BUNDLE,
  type PolicyEngine,
  type Stopwatch,
} from './policy-engine.js';
export { POLICY_INPUT_SCHEMA, PolicyInput, type PolicyQuestion, policyInput, recordedInput } from './policy-input.js';
export { type BundleObjects, type KeptRevision, PolicyStore } from './policy-store.js';
export { type SidecarOptions, SidecarPolicyEngine } from './sidecar/sidecar-policy-engine.js';
export { WasmPolicyEngine, type WasmPolicyOptions } from './wasm/wasm-policy-engine.js';
