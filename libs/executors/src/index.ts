export { ApiExecutor } from './api/api-executor.js';
export type { Caller, Cost, Executed, Execution, ExecutorOf, Limits, Meaning, ToolExecutor } from './executor.js';
export { AttachmentFiles } from './process/attachment-files.js';
export { ProcessExecutor } from './process/process-executor.js';
export { type Executors, WorldExecutor } from './world-executor.js';
