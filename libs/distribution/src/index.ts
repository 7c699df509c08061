export { NotLaidOutError, UnusableIndexError, UnusablePackageError } from './errors.js';
export { type FollowingOptions, followRevision, keepCurrent } from './following.js';
export { type PreparedTool, prepareTool, signatureFile, signTool, toPublish } from './prepared-tool.js';
export { parseIndex, RegistryIndex, revisionOfTools } from './registry-index.js';
export {
  REGISTRY_INDEX,
  type RegistryObjects,
  type RegistrySource,
  RegistryStore,
  type SignedTool,
} from './registry-store.js';
export { ToolStatement } from './statement.js';
export { MANIFEST_FILE, readToolFiles, type ToolFile } from './tool-files.js';
export { pack, unpack } from './tool-package.js';
export { type LeftOut, type ShelfOptions, type ShelfReport, type ShelvedTools, ToolShelf } from './tool-shelf.js';
export { type VerifiedTool, verifyTool } from './verified-tool.js';
