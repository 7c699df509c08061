export { CallHandler } from './call.handler.js';
export { type Call, type Calls, type CallsCommand, callName, calls } from './domain/calls.js';
export { GATEWAY, type GatewayPorts } from './ports.js';
