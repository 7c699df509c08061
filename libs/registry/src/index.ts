export { AgentManifest } from './agent-manifest.js';
export { type CompiledTool, compileTool } from './arguments.js';
export {
  DuplicateNameError,
  InvalidManifestError,
  InvalidYamlError,
  ManifestError,
  ManifestUnreadableError,
  type Place,
  type Problem,
  UnknownToolError,
} from './errors.js';
export { type Change, compareTools, stepFor } from './evolution/compare.js';
export type { Gap } from './evolution/gap.js';
export { isEnough, largestStep, nextVersion, type Step } from './evolution/versions.js';
export { gapsBetween } from './evolution/within.js';
export type { JsonSchema } from './json-schema.js';
export {
  type LoadedAgent,
  type LoadedTool,
  type LoadedToolOf,
  loadAgent,
  loadRegistries,
  loadRegistry,
  loadTool,
  type Registry,
} from './load.js';
export { parseManifest, readManifest } from './manifest-file.js';
export { nearest } from './nearest.js';
export { toJsonSchema } from './short-form.js';
export { ToolManifest, type ToolOf, type ToolType } from './tool-manifest.js';
export { namesInPath, type Piece, piecesOf, type Quote, soleQuote } from './tools/quoting.js';
export { isOwnSetting, SecretRef } from './tools/secret-ref.js';
