import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AlreadyRunningError, systemCode } from '../errors.js';
import { startOf } from './process-mark.js';

/** Who supervises a data folder. */
export interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

/** Of three that take over at once, one may lose its lock to another by mistake: it looks again after so long. */
const SETTLE_MS = 30;

/** The living supervisor of a lock file; `undefined` where there is none, or where it was killed. */
export async function holderOf(file: string): Promise<Holder | undefined> {
  const holder = await readHolder(file);
  return holder !== undefined && isLiving(holder) ? holder : undefined;
}

/**
 * Takes the lock for this process. A lock of a killed process is taken over.
 * @returns what gives it back.
 * @throws {AlreadyRunningError} a living process holds it.
 */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) ?? '' });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, mine, { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      // A link is made whole or not at all, so nobody ever reads half a lock.
      if (await linked(draft, file)) {
        await pause(SETTLE_MS);
        const holder = await readHolder(file);
        if (holder?.pid !== process.pid) throw new AlreadyRunningError(dirname(dirname(file)), holder?.pid ?? 0);
        return async () => await rm(file, { force: true });
      }
      const holder = await readHolder(file);
      if (holder !== undefined && isLiving(holder)) throw new AlreadyRunningError(dirname(dirname(file)), holder.pid);
      await setAside(file);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes a dead process's lock. Of two that try, one may catch the other's fresh lock: that one is put back. */
async function setAside(file: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return;
    throw fault;
  }
  const caught = await readHolder(aside);
  if (caught !== undefined && isLiving(caught)) await linked(aside, file);
  await rm(aside, { force: true });
}

const isLiving = (holder: Holder): boolean => startOf(holder.pid) === holder.startedAt;

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch (fault) {
    const code = systemCode(fault);
    if (code === 'ENOENT' || code === 'ENOTDIR' || fault instanceof SyntaxError) return undefined;
    throw fault;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (fault) {
    if (systemCode(fault) === 'EEXIST') return false;
    throw fault;
  }
}
