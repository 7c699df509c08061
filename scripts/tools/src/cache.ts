import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processMark } from './process-mark.ts';

/** The clone's tool cache: this file lies three folders below the clone's root, as source and when compiled. */
export const DEFAULT_CACHE_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '.voorman-tools');

const PLATFORM = `${process.platform}-${process.arch}`;
const ROOM = /^making-(\d+)-/;

/**
 * The project's own tool cache: `<folder>/<tool>/<version>-<platform>/`, one folder per tool and version.
 *
 * A folder under its final name is always whole: it is made in a room of its own beside it and renamed when it is done.
 * So whatever dies half-way, and however many do the same work at once, a reader sees nothing or everything.
 */
export class Cache {
  readonly folder: string;

  constructor(folder: string = DEFAULT_CACHE_FOLDER) {
    this.folder = folder;
  }

  /** Where this version of the tool is, or will be. */
  home(name: string, version: string): string {
    return join(this.folder, name, `${version}-${PLATFORM}`);
  }

  logFile(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  lockFile(name: string): string {
    return join(this.folder, `${name}.lock`);
  }

  /** Whether this user can add a tool. */
  isWritable(name: string): boolean {
    try {
      mkdirSync(join(this.folder, name), { recursive: true });
      accessSync(this.folder, constants.W_OK);
      accessSync(join(this.folder, name), constants.W_OK);
      return true;
    } catch {
      return false; // whatever the reason, the answer is no
    }
  }

  /** An empty folder in which to make one version of a tool; `publish` or `discard` ends it. */
  openRoom(name: string): string {
    const parent = join(this.folder, name);
    mkdirSync(parent, { recursive: true });
    this.#sweep(parent);
    const room = mkdtempSync(join(parent, `making-${process.pid}-`));
    chmodSync(room, 0o755); // other users of this clone run what is in it
    return room;
  }

  discard(room: string): void {
    rmSync(room, { recursive: true, force: true });
  }

  /** Gives the finished room its final name. Whoever comes second throws its copy away: both are whole. */
  publish(room: string, name: string, version: string): string {
    const home = this.home(name, version);
    try {
      renameSync(room, home);
    } catch (cause) {
      if (!isNodeFault(cause, 'ENOTEMPTY') && !isNodeFault(cause, 'EEXIST')) throw cause;
      this.discard(room);
    }
    return home;
  }

  /** The version that the file at `path` gave, if it was asked before and has not changed since. */
  recallVersion(path: string, mark: string): string | undefined {
    const entry = this.#versions()[path];
    return entry?.mark === mark ? entry.version : undefined;
  }

  rememberVersion(path: string, mark: string, version: string): void {
    const versions = { ...this.#versions(), [path]: { mark, version } };
    const draft = join(this.folder, `versions-${process.pid}.json`);
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(draft, `${JSON.stringify(versions, undefined, 2)}\n`);
      renameSync(draft, this.#versionsFile);
    } catch (fault) {
      // In another user's clone nothing can be noted, so the question is asked again each time.
      if (!isNodeFault(fault, 'EACCES') && !isNodeFault(fault, 'EROFS')) throw fault;
    }
  }

  get #versionsFile(): string {
    return join(this.folder, 'versions.json');
  }

  /** A notebook, no truth: one that is missing or cannot be read costs a few questions. */
  #versions(): Readonly<Record<string, { mark: string; version: string }>> {
    try {
      return JSON.parse(readFileSync(this.#versionsFile, 'utf8'));
    } catch {
      return {};
    }
  }

  /** Removes the rooms of processes that died in the middle. */
  #sweep(parent: string): void {
    for (const entry of readdirSync(parent)) {
      const owner = ROOM.exec(entry)?.[1];
      if (owner !== undefined && processMark(Number(owner)) === undefined) this.discard(join(parent, entry));
    }
  }
}

export function isNodeFault(fault: unknown, code: string): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === code;
}
