import type { Fault } from '@voorman/envelope';

// Why a sandbox ended a program, or never began one, in words that may leave the process.

export const noSandbox = (tool: string): Fault => ({
  code: 'sandbox/unavailable',
  message: `${tool} needs a sandbox, and this gateway has none.`,
  next: 'Ask the operator: the health and the log of the tool-gateway say what is missing, docs/tools/process.md what to do.',
});

export const noProfile = (tool: string): Fault => ({
  code: 'sandbox/unknown-profile',
  message: `The sandbox profile that policy names for ${tool} is not defined.`,
  next: 'Define it in sandboxes.yaml of the registry, or let policy name another.',
});

export const notSetUp = (tool: string): Fault => ({
  code: 'sandbox/not-set-up',
  message: `The sandbox of ${tool} could not be set up, so it did not run.`,
  next: 'Look at the log of the tool-gateway, which says what is missing.',
});

export const unreadable = (tool: string): Fault => ({
  code: 'sandbox/unreadable',
  message: `The files of ${tool} cannot be read by the user that its sandbox runs as.`,
  next: 'Run chmod -R go+rX on the tool’s folder: a gateway that is root runs tools as nobody.',
});

export const noAttachments = (tool: string): Fault => ({
  code: 'sandbox/no-attachments',
  message: `${tool} stays between calls, so its sandbox cannot show it the attachments of one of them.`,
  next: 'Let its manifest say mode: per-call.',
});

export const tooMuchMemory = (tool: string, megabytes: number): Fault => ({
  code: 'sandbox/memory',
  message: `${tool} was ended: it used more than ${megabytes} MB of memory.`,
  next: 'Ask for less at once, or raise memory_mb in its sandbox profile.',
});

export const tooMuchCpu = (tool: string, seconds: number): Fault => ({
  code: 'sandbox/cpu',
  message: `${tool} was ended: it used more than ${seconds} s of processor time.`,
  next: 'Ask for less at once, or raise cpu_seconds in its sandbox profile.',
});

export const tooManyFiles = (tool: string, count: number): Fault => ({
  code: 'sandbox/files',
  message: `${tool} was ended: it made more than ${count} files.`,
  next: 'Ask for less at once, or let the tool remove files that it no longer needs.',
});
