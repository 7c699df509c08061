import type { Fault } from '@voorman/envelope';

// What a script did wrong, in words for whoever wrote it: the bot, or the deployer.

/** @param what for instance `TypeError: x is not a function`. @param line of the script, from 1. */
export const scriptFailed = (tool: string, what: string, line?: number): Fault => ({
  code: 'script/failed',
  message: `${tool} failed${line === undefined ? '' : ` in line ${line}`}: ${what}.`.slice(0, 2_000),
  next: 'Correct the script or its arguments. A script sees args, and nothing of the machine, the network or the time.',
});

export const scriptTooLarge = (tool: string, megabytes: number): Fault => ({
  code: 'script/memory',
  message: `${tool} used more than ${megabytes} MB of memory.`,
  next: 'Compute on less at once, or raise memory_mb in the tool’s manifest.',
});

export const noValue = (tool: string): Fault => ({
  code: 'script/no-value',
  message: `${tool} did not end with an object.`,
  next: 'End the script with the output object, in parentheses: ({ mean })',
});

export const noScript = (tool: string): Fault => ({
  code: 'script/no-source',
  message: `There is no script to run for ${tool}.`,
  next: 'Check source, source_file and code_argument in the tool’s manifest; the log of the tool-gateway says what is missing.',
});

export const interpreterFailed = (tool: string): Fault => ({
  code: 'script/interpreter-failed',
  message: `The interpreter could not run ${tool}.`,
  next: 'Ask again; the log of the tool-gateway says what went wrong.',
});
