import type { Fault } from '@voorman/envelope';

// Why a handler of the deployer gave nothing, in words that may leave the process.

export const unknownHandler = (tool: string): Fault => ({
  code: 'function/unknown-handler',
  message: `${tool} names a function that this gateway does not have.`,
  next: 'Export it from a module that VOORMAN_FUNCTIONS names, or correct handler in the tool’s manifest.',
});

export const threw = (tool: string): Fault => ({
  code: 'function/threw',
  message: `${tool} failed without saying why.`,
  next: 'Look at the log of the tool-gateway, which has the error.',
});
