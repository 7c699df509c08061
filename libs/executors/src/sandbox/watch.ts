import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfinedProfile } from './profile.js';

/** What a program in a sandbox used too much of. */
export type Exceeded = 'memory' | 'cpu' | 'files';

/** How often a sandbox is looked at. Milliseconds. */
const EVERY_MS = 200;

/** The most files that a sandbox's /tmp may hold: each costs the kernel memory, however small it is. */
export const MAX_TMP_FILES = 20_000;

/** Times in /proc count in these. It is 100 a second on every Linux. */
const TICKS_PER_SECOND = 100;

/**
 * Looks at a sandbox again and again, and tells once if it uses more than its profile allows. The kernel's limits hold
 * for each process; this one holds for all of them together.
 * @param pid of bubblewrap. @returns ends the watch.
 */
export function watchSandbox(
  pid: number,
  profile: ConfinedProfile,
  isResident: boolean,
  exceeded: (what: Exceeded) => void,
): () => void {
  const timer = setInterval(() => {
    const what = excessOf(pid, profile, isResident);
    if (what === undefined) return;
    clearInterval(timer);
    exceeded(what);
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function excessOf(pid: number, profile: ConfinedProfile, isResident: boolean): Exceeded | undefined {
  const processes = descendantsOf(pid);
  let kilobytes = 0;
  let ticks = 0;
  for (const each of processes) {
    kilobytes += ownMemoryOf(each);
    ticks += timeOf(each);
  }
  if (kilobytes > profile.memory_mb * 1_024) return 'memory';
  if (!isResident && ticks > profile.cpu_seconds * TICKS_PER_SECOND) return 'cpu';
  const files = Math.max(0, ...processes.map((each) => filesIn(join('/proc', String(each), 'root', 'tmp'))));
  return files > MAX_TMP_FILES ? 'files' : undefined;
}

/** Everything below a process. In a sandbox nothing leaves this tree: what loses its parent gets the sandbox's first. */
function descendantsOf(pid: number): number[] {
  const found: number[] = [];
  for (const thread of list(`/proc/${pid}/task`)) {
    for (const child of read(`/proc/${pid}/task/${thread}/children`).trim().split(' ')) {
      if (child !== '') found.push(Number(child), ...descendantsOf(Number(child)));
    }
  }
  return found;
}

/** Memory that nobody else uses, and shared memory. Kilobytes. */
function ownMemoryOf(pid: number): number {
  let sum = 0;
  for (const [, kilobytes] of read(`/proc/${pid}/status`).matchAll(/^Rss(?:Anon|Shmem):\s+(\d+)/gm)) {
    sum += Number(kilobytes);
  }
  return sum;
}

/** Its own time and that of the children that it has outlived. Ticks. */
function timeOf(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  // The name may hold anything, so the fields count from behind it; the 12th to 15th are times.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

function filesIn(folder: string): number {
  try {
    // Until the room is furnished, its root is the host's: what lies in that /tmp is nobody's fault here.
    if (statSync(folder).dev === statSync('/tmp').dev) return 0;
    const { files, ffree } = statfsSync(folder);
    return files - ffree;
  } catch {
    // It ended in this moment, or the room is not furnished yet.
    return 0;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between two looks.
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
