import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptFile, readIfThere, writeWhole } from './whole-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file that is kept', () => {
  it('is the same for all who make it at once, and never half of one', async () => {
    for (let round = 0; round < 20; round++) {
      const file = join(folder, `key-${round}`);
      let made = 0;
      const texts = await Promise.all(
        Array.from({ length: 16 }, () => keptFile(file, () => `${made++} ${'x'.repeat(10_000)}`)),
      );
      expect(new Set(texts).size).toBe(1);
      expect(texts[0]).toHaveLength(10_001 + (texts[0] ?? '').indexOf(' '));
    }
  });

  it('stays what it is, for its user alone, and leaves nothing else behind', async () => {
    const file = join(folder, 'key');
    expect(await keptFile(file, () => 'first')).toBe('first');
    expect(await keptFile(file, () => 'second')).toBe('first');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['key']);
  });
});

describe('a file that is written whole', () => {
  it('takes the place of the one before', async () => {
    const file = join(folder, 'state.json');
    await writeFile(file, 'a long text that was here before');
    await writeWhole(file, 'short');
    expect(await readFile(file, 'utf8')).toBe('short');
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  it('leaves nothing behind where it cannot be written', async () => {
    await expect(writeWhole(join(folder, 'gone', 'state.json'), 'text')).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a file that may be missing', () => {
  it('is undefined where there is none; any other fault is told', async () => {
    expect(await readIfThere(join(folder, 'gone'))).toBeUndefined();
    await expect(readIfThere(folder)).rejects.toThrow('EISDIR');
  });
});
