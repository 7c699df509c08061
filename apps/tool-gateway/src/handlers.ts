export { CallHandler } from './call.handler.js';
export { type Call, type Calls, type CallsCommand, callName, calls } from './domain/calls.js';
export { type Executed, type Execution, GATEWAY, type GatewayPorts, type ToolExecutor } from './ports.js';
