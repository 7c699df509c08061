import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { systemCode } from '@voorman/files';
import { AlreadyRunningError } from '../errors.js';
import { startOf } from './process-mark.js';

/** Who supervises a data folder. */
export interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

/** The living supervisor of a lock; `undefined` where there is none, or where it was killed. */
export async function holderOf(lock: string): Promise<Holder | undefined> {
  for (const number of await numbersOf(lock)) {
    const holder = await readHolder(`${lock}.${number}`);
    if (holder !== undefined && isLiving(holder)) return holder;
  }
  return undefined;
}

/**
 * Takes the lock for this process; one of a killed process is taken over.
 *
 * A lock is a row of files `<lock>.<n>`, and whoever wrote the highest holds it. Nobody removes or replaces a file that
 * might be held: whoever finds the highest one's writer dead makes the next number, which the file system lets only one
 * do. It then looks again: whoever counted from what has changed meanwhile sees a living holder, and gives way.
 * @returns what gives it back.
 * @throws {AlreadyRunningError} a living process holds it.
 */
export async function takeLock(lock: string): Promise<() => Promise<void>> {
  const draft = `${lock}-${randomBytes(6).toString('hex')}`;
  const mine = { pid: process.pid, startedAt: startOf(process.pid) ?? '' };
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      const [highest = 0] = await numbersOf(lock);
      const holder = await readHolder(`${lock}.${highest}`);
      if (holder !== undefined && isLiving(holder)) throw held(lock, holder);
      const file = `${lock}.${highest + 1}`;
      // A link is made whole or not at all, so nobody ever reads half a lock.
      if (!(await linked(draft, file))) continue;
      const others = (await numbersOf(lock)).filter((number) => number !== highest + 1);
      if (others.some((number) => number > highest) || (await anyLiving(lock, others))) {
        await rm(file, { force: true });
        continue;
      }
      for (const number of others) await rm(`${lock}.${number}`, { force: true });
      return async () => await rm(file, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

const held = (lock: string, holder: Holder): AlreadyRunningError =>
  new AlreadyRunningError(dirname(dirname(lock)), holder.pid);

const isLiving = (holder: Holder): boolean => startOf(holder.pid) === holder.startedAt;

async function anyLiving(lock: string, numbers: readonly number[]): Promise<boolean> {
  const holders = await Promise.all(numbers.map((number) => readHolder(`${lock}.${number}`)));
  return holders.some((holder) => holder !== undefined && isLiving(holder));
}

/** Highest first. */
async function numbersOf(lock: string): Promise<number[]> {
  const start = `${basename(lock)}.`;
  const names = await readdir(dirname(lock)).catch(unlessMissing);
  return (names ?? [])
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => b - a);
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(
      (await readFile(file, 'utf8').catch(unlessMissing)) ?? '{}',
    ) as Partial<Holder>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch (fault) {
    if (fault instanceof SyntaxError) return undefined;
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

function unlessMissing(fault: unknown): undefined {
  const code = systemCode(fault);
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw fault;
}
