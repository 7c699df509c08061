import { readFileSync } from 'node:fs';

/** Whether a process of that id exists, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return fault instanceof Error && 'code' in fault && fault.code === 'EPERM';
  }
}

/**
 * What tells a process from a later one with the same id: `<pid> <start time>`. The start time is the kernel's where it
 * has one (Linux) and 0 elsewhere; undefined when no such process exists.
 */
export function processMark(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  return `${pid} ${startTicks(pid)}`;
}

function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may hold anything; the fields after it are plain.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0'; // no /proc here
  }
}
