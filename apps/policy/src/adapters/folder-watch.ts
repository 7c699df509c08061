import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface WatchOptions {
  /** How long nothing may change before it is said that something changed: an editor writes in several steps. Default 100. */
  readonly quietMs?: number;
  /** How often to look without being told, for file systems that tell nothing. Default 30,000. */
  readonly rescanMs?: number;
  /** Called once, when the folders are being watched. */
  readonly onReady?: () => void;
}

/** Folders below these are watched this deep: `tools/<name>`, `policies/<package>/<part>`, not what a build leaves inside. */
const DEPTH = 2;

/**
 * Says that something in some folders may have changed. A hint: whoever hears it reads and compares. Folders that come
 * later are found at the next hint.
 * @returns how to stop.
 */
export function watchFolders(roots: readonly string[], changed: () => void, options: WatchOptions = {}): () => void {
  const watchers = new Map<string, FSWatcher>();
  let stopped = false;
  let quiet: NodeJS.Timeout | undefined;

  const hint = (): void => {
    if (stopped) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => void rescan().then(changed), options.quietMs ?? 100);
  };
  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const rescan = async (): Promise<void> => {
    const found = new Set<string>();
    for (const root of roots) for (const folder of await foldersBelow(root, DEPTH)) found.add(folder);
    if (stopped) return;
    for (const folder of watchers.keys()) if (!found.has(folder)) forget(folder);
    for (const folder of found) if (!watchers.has(folder)) start(folder);
  };
  const start = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, hint);
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch {
      // Gone again, or no watches are left: the next look without a hint finds what changes here.
    }
  };

  const timer = setInterval(hint, options.rescanMs ?? 30_000);
  timer.unref();
  void rescan().then(options.onReady);
  return () => {
    stopped = true;
    clearTimeout(quiet);
    clearInterval(timer);
    for (const folder of [...watchers.keys()]) forget(folder);
  };
}

/** A folder and those below it; none where it is not there. */
async function foldersBelow(folder: string, depth: number): Promise<string[]> {
  let entries: readonly { readonly name: string; isDirectory(): boolean }[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    return []; // not there (yet): reading the sources says so to the operator
  }
  const inner = depth === 0 ? [] : entries.filter((entry) => entry.isDirectory() && !isByproduct(entry.name));
  const below = await Promise.all(inner.map((entry) => foldersBelow(join(folder, entry.name), depth - 1)));
  return [folder, ...below.flat()];
}

const isByproduct = (name: string): boolean =>
  ['node_modules', 'dist', 'reports', 'src'].includes(name) || name.startsWith('.');
