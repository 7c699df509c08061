import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemCode, writeWhole } from '@voorman/files';
import { DataFolderError } from '../errors.js';
import { FULL_BELOW_BYTES, freeBytes } from './disk.js';

/** The clone's root: three folders above the compiled program, and above its source. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** What this version writes into a data folder. A newer number means a layout that it does not know. */
export const DATA_VERSION = 1;

/** Less than this and a server that starts has nowhere to write. Bytes. */
const MIN_FREE_BYTES = 128 * 2 ** 20;

/** Where everything of one stack lies. */
export interface DataFolder {
  readonly path: string;
  /** What has to follow a command so that it means this folder: nothing where it would anyway. */
  readonly flag: string;
  readonly keys: string;
  readonly logs: string;
  readonly run: string;
  readonly lock: string;
  readonly state: string;
  readonly natsConfig: string;
  readonly natsPorts: string;
  readonly publishers: string;
  readonly supervisorLog: string;
}

/** @param dir relative to the caller's folder; default: `VOORMAN_DATA`, else `.voorman` in the clone. */
export function dataFolder(dir: string | undefined, env: NodeJS.ProcessEnv = process.env): DataFolder {
  const unnamed = resolve(env.VOORMAN_DATA || join(ROOT, '.voorman'));
  const path = dir ? resolve(dir) : unnamed;
  const run = join(path, 'run');
  const logs = join(path, 'logs');
  return {
    path,
    flag: path === unnamed ? '' : ` --data ${path}`,
    keys: join(path, 'keys'),
    logs,
    run,
    lock: join(run, 'supervisor.lock'),
    state: join(run, 'stack.json'),
    natsConfig: join(path, 'nats-server.conf'),
    natsPorts: join(path, 'nats-ports.json'),
    publishers: join(path, 'publishers.json'),
    supervisorLog: join(logs, 'supervisor.log'),
  };
}

/**
 * Makes the folder where it is missing, and sees that this version may write there. Nothing that lies there is changed.
 * @throws {DataFolderError} not writable, on a full disk, or of a newer version.
 */
export async function prepareDataFolder(data: DataFolder): Promise<void> {
  try {
    // Before anything is made: a folder of a newer version stays exactly as it is.
    await requireKnownVersion(data);
    for (const folder of [data.path, data.run, data.logs]) await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await freeBytes(data.path)) < MIN_FREE_BYTES) throw full(data);
    await writeWhole(join(data.path, 'version'), `${DATA_VERSION}\n`);
    // Keys and passwords lie here.
    await chmod(data.path, 0o700);
  } catch (fault) {
    throw unusable(data, fault);
  }
}

/**
 * Sees that a goal with so many bytes of attachments can be recorded.
 * @throws {DataFolderError} the disk is full, or would be.
 */
export async function requireRoom(data: DataFolder, bytes: number): Promise<void> {
  if ((await freeBytes(data.path)) < FULL_BELOW_BYTES + bytes) throw full(data);
}

/** A system's fault in the data folder as a sentence; any other fault as it is. */
export function unusable(data: DataFolder, fault: unknown): unknown {
  const code = systemCode(fault);
  if (code === 'ENOSPC' || code === 'EDQUOT') return full(data, { cause: fault });
  const isItsOwn = fault instanceof Error && 'path' in fault && `${fault.path}`.startsWith(data.path);
  if (!isItsOwn) return fault;
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new DataFolderError(
      `${data.path} cannot be a folder: a file lies there, or above it.`,
      'Choose another folder with --data DIR.',
      { cause: fault },
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new DataFolderError(
      `${data.path} cannot be written (${code}).`,
      'Let this user write there, or choose another folder with --data DIR.',
      { cause: fault },
    );
  }
  return fault;
}

const full = (data: DataFolder, options?: ErrorOptions): DataFolderError =>
  new DataFolderError(
    `The disk of ${data.path} is full.`,
    'Free at least 128 MiB, or choose a folder on another disk with --data DIR.',
    options,
  );

async function requireKnownVersion(data: DataFolder): Promise<void> {
  const found = await readFile(join(data.path, 'version'), 'utf8').catch((fault: unknown) => {
    if (systemCode(fault) === 'ENOENT') return `${DATA_VERSION}`;
    throw fault;
  });
  const version = Number(found.trim());
  if (Number.isInteger(version) && version >= 1 && version <= DATA_VERSION) return;
  throw new DataFolderError(
    `${data.path} was written by another version of Voorman (its format is ${found.trim().slice(0, 20) || 'unknown'}, this one knows ${DATA_VERSION}).`,
    'Use the newer Voorman for it, or choose another folder with --data DIR; nothing was changed.',
  );
}
