import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WatchOptions, watchFolders } from './folder-watch.js';

let folder: string;
let stop: (() => void) | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-watch-'));
  await mkdir(join(folder, 'tools/search'), { recursive: true });
});
afterEach(async () => {
  stop?.();
  await rm(folder, { recursive: true, force: true });
});

/** Counts hints; `next` resolves with the next one. */
async function watching(options: WatchOptions = {}) {
  let hints = 0;
  let wake: (() => void) | undefined;
  const ready = new Promise<void>((resolve) => {
    stop = watchFolders(
      [folder],
      () => {
        hints += 1;
        wake?.();
      },
      { quietMs: 20, ...options, onReady: resolve },
    );
  });
  await ready;
  return { hints: () => hints, next: () => new Promise<void>((resolve) => (wake = resolve)) };
}

describe('watching folders', () => {
  it.each([
    ['a file is written', () => writeFile(join(folder, 'a.rego'), 'x')],
    ['a file two folders down is written', () => writeFile(join(folder, 'tools/search/tool.yaml'), 'x')],
    ['a folder is moved in', () => rename(join(folder, 'tools/search'), join(folder, 'search'))],
    ['a folder goes', () => rm(join(folder, 'tools/search'), { recursive: true })],
  ])('says that something changed when %s', async (_name, change) => {
    const watch = await watching();
    const next = watch.next();
    await change();
    await next;
  });

  it('says once that many files changed at once', async () => {
    const watch = await watching({ quietMs: 200 });
    const next = watch.next();
    for (let index = 0; index < 50; index += 1) await writeFile(join(folder, `${index}.rego`), 'x');
    await next;
    expect(watch.hints()).toBe(1);
  });

  it('finds a folder that came later', async () => {
    const watch = await watching();
    const first = watch.next();
    await mkdir(join(folder, 'tools/later'));
    await first;
    const second = watch.next();
    await writeFile(join(folder, 'tools/later/tool.yaml'), 'x');
    await second;
  });

  it('looks now and then without being told', async () => {
    const watch = await watching({ rescanMs: 30 });
    await watch.next();
  });

  it('says nothing more once it was stopped', async () => {
    const watch = await watching({ rescanMs: 20 });
    stop?.();
    const before = watch.hints();
    await writeFile(join(folder, 'a.rego'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(watch.hints()).toBe(before);
  });
});
