export { pack, unpack } from './archive.js';
export { PackageError, UnknownRevisionError } from './errors.js';
export { type PublishedRegistry, type PublishRequest, publishTools, type RefusedTool } from './publish.js';
export { decodeIndex, type IndexedTool, indexObject, REGISTRY_INDEX, RegistryIndex } from './registry-index.js';
export { Shelf, type ShelfOptions, type ShelfReport } from './shelf.js';
export { besideManifest, type FolderTool, readFolderTool, signatureFile, signFolderTool } from './signatures.js';
export { digestOf, statementOf, TOOL_STATEMENT, ToolStatement } from './statement.js';
export { MANIFEST, readToolFolder, SIGNATURE, type ToolFile } from './tool-folder.js';
export { type VerifiedTool, verifyTool } from './verified-tool.js';
