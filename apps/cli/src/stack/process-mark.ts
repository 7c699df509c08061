import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemCode } from '../errors.js';

/** Whether a process of this id exists, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (fault) {
    return systemCode(fault) === 'EPERM';
  }
}

/** When a process started, in the system's own spelling: tells it from a later one with the same id. */
export function startOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may hold anything; the fields behind it are plain.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return startFromPs(pid); // no /proc on this system
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const told = execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8', timeout: 5_000 });
    return told.trim() || undefined;
  } catch {
    return undefined; // ps knows no such process: it has ended meanwhile
  }
}
