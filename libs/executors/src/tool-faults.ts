import type { Fault } from '@voorman/envelope';

// Why a tool gave nothing, in words that may leave the process. What only the operator may see stays out of them.

export const timedOut = (tool: string, timeoutMs: number): Fault => ({
  code: 'tool/timeout',
  message: `${tool} did not finish within ${timeoutMs} ms.`,
  next: 'Ask for less at once, or raise timeout_ms in the tool’s manifest.',
});

export const stopped = (tool: string): Fault => ({
  code: 'session/cancelled',
  message: `${tool} was stopped: the session was cancelled.`,
  next: 'Nothing is left to do in this session.',
});

export const notBegun = (tool: string): Fault => ({
  code: 'session/cancelled',
  message: `The session was cancelled before ${tool} began.`,
  next: 'Nothing is left to do in this session.',
});

export const noExecutor = (tool: string, type: string): Fault => ({
  code: 'tool/type-unavailable',
  message: `${tool} is a tool of type ${type}, and this gateway carries out none of that type.`,
  next: 'Look at the log of the tool-gateway, which says what is missing.',
});

export const notStarted = (tool: string): Fault => ({
  code: 'tool/not-started',
  message: `${tool} could not be started.`,
  next: 'Check the command in the tool’s manifest; the log of the tool-gateway says what is missing.',
});

/** @param how the program ended, for instance `with code 3`. */
export const endedSilently = (tool: string, how: string): Fault => ({
  code: 'tool/ended',
  message: `${tool} ended ${how} and said nothing.`,
  next: 'Look at what the program wrote to the log of the tool-gateway.',
});

export const noFiles = (tool: string): Fault => ({
  code: 'tool/no-files',
  message: `The attachments of ${tool} could not be put on disk.`,
  next: 'Check the data folder of the tool-gateway; its log says what went wrong.',
});

export const unreachable = (tool: string): Fault => ({
  code: 'tool/unreachable',
  message: `${tool} cannot be reached.`,
  next: 'Ask again later, or finish without this tool.',
});

export const connectionLost = (tool: string): Fault => ({
  code: 'tool/connection-lost',
  message: `The connection to ${tool} was lost.`,
  next: 'Ask again later, or finish without this tool.',
});

/** @param what the rest of the sentence, for instance `answered with status 404`. */
export const badAnswer = (tool: string, what: string): Fault => ({
  code: 'tool/failed',
  message: `${tool} ${what}.`,
  next: 'Correct the arguments or the attachments, or finish without this tool.',
});

/** A fault in the tool's own words, cut to what a record holds. */
export const inItsWords = (code: string, message: string): Fault => ({
  code: code.slice(0, 100),
  message: message.slice(0, 2_000),
  next: 'Correct the arguments or the attachments, or finish without this tool.',
});

/** @param what the obligation that its type has no way to keep, for instance `a cap of rows`. */
export const limitNotKept = (tool: string, what = 'a limit'): Fault => ({
  code: 'tool/limit-not-kept',
  message: `Policy asks for ${what}, which ${tool} cannot keep.`,
  next: 'Finish without this tool, or ask for what policy allows.',
});
