export { NotLaidOutError, UnusableIndexError, UnusablePackageError } from './errors.js';
export { type FollowingOptions, followRevision, keepCurrent } from './following.js';
export { type PreparedTool, prepareTool, signatureFile, signTool, toPublish } from './prepared-tool.js';
export { IndexedTool, parseIndex, RegistryIndex, revisionOfTools } from './registry-index.js';
export {
  REGISTRY_INDEX,
  type RegistryObjects,
  type RegistrySource,
  RegistryStore,
  type SignedTool,
} from './registry-store.js';
export {
  digestOfStatement,
  MAX_FILES,
  MAX_PACKAGE_BYTES,
  PackagePath,
  TOOL_STATEMENT_TYPE,
  ToolStatement,
} from './statement.js';
export { MANIFEST_FILE, readToolFiles, SIGNATURE_FILE, statementOf, type ToolFile } from './tool-files.js';
export { pack, requireSigned, unpack } from './tool-package.js';
export { type LeftOut, type ShelfOptions, type ShelfReport, type ShelvedTools, ToolShelf } from './tool-shelf.js';
export { nextChangeOfTrust, type VerifiedTool, verifyTool } from './verified-tool.js';
