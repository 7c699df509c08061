import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemCode } from '@voorman/files';

/** Whether a process of this id runs, ours or another user's. One that has ended and waits to be noticed does not. */
export const isAlive = (pid: number): boolean => startOf(pid) !== undefined;

/** When a process started, in the system's own spelling: tells it from a later one with the same id. */
export function startOf(pid: number): string | undefined {
  if (!isListed(pid)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may hold anything; the fields behind it are plain.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return startFromPs(pid); // no /proc on this system, or the process has ended meanwhile
  }
}

function isListed(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (fault) {
    return systemCode(fault) === 'EPERM';
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const told = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], {
      encoding: 'utf8',
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return told === '' || told.startsWith('Z') ? undefined : told.replace(/^\S+\s+/, '');
  } catch {
    return undefined; // ps knows no such process: it has ended meanwhile
  }
}
