import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isNodeFault } from './cache.ts';
import { processMark } from './process-mark.ts';

const POLL_MS = 200;
/** A lock file is created and then signed; one that stays unsigned for so long belongs to a process that died between. */
const UNSIGNED_MS = 5_000;

/**
 * Runs `action` while no other living process of this machine holds the file. It saves work, it does not protect: two
 * that slip in at once (both took over from the same dead holder) only do the same work twice, because a result is
 * published by renaming.
 */
export async function whileHolding<T>(
  file: string,
  waiting: () => void,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file); told = true) {
    if (isAbandoned(file)) rmSync(file, { force: true });
    else {
      if (!told) waiting();
      await pause(POLL_MS, undefined, { signal });
    }
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, processMark(process.pid) ?? '', { flag: 'wx' });
    return true;
  } catch (fault) {
    if (isNodeFault(fault, 'EEXIST')) return false;
    throw fault;
  }
}

function isAbandoned(file: string): boolean {
  try {
    const holder = readFileSync(file, 'utf8');
    if (holder === '') return Date.now() - statSync(file).mtimeMs > UNSIGNED_MS;
    return processMark(Number.parseInt(holder, 10)) !== holder;
  } catch (fault) {
    if (isNodeFault(fault, 'ENOENT')) return false; // released meanwhile: try to take it
    throw fault;
  }
}
