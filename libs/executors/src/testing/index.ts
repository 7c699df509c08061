export { ApiWorld, apiTool, bodyOf, callOf } from './api-world.js';
export { ConfinedTools, FETCHES, running, sandboxIsMissing } from './confined-tool.js';
export { APPROVED, lookupServer } from './mcp-server.js';
export { type Postgres, startPostgres } from './postgres.js';
export { LOOPBACK, redirecting, secrets, WITH_SECRET } from './redirecting.js';
export { attemptOf, loadedTool } from './tool-call.js';
