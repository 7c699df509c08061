import { readFileSync } from 'node:fs';

/**
 * What tells a process from a later one with the same id: `<pid> <start time>`. The start time is the kernel's where it
 * has one (Linux) and 0 elsewhere. Undefined when no such process runs: one that has ended and only waits to be reaped,
 * which may be for ever in a container, does not run.
 */
export function processMark(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  const kernel = kernelRecord(pid);
  if (kernel === undefined) return `${pid} 0`;
  return kernel.state === 'Z' ? undefined : `${pid} ${kernel.startTicks}`;
}

/** Whether a process has that id, ours or another user's. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return fault instanceof Error && 'code' in fault && fault.code === 'EPERM';
  }
}

function kernelRecord(pid: number): { state: string | undefined; startTicks: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may hold anything; the fields after it are plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startTicks: fields[19] };
  } catch {
    return undefined; // no /proc here
  }
}
