import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, prepareDataFolder } from './data-folder.js';

describe('a data folder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-data-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has to be named again in a next command only where that would mean another', () => {
    expect(dataFolder(undefined, {}).flag).toBe('');
    expect(dataFolder(undefined, { VOORMAN_DATA: '/srv/a' }).flag).toBe('');
    expect(dataFolder('/srv/a', { VOORMAN_DATA: '/srv/a' }).flag).toBe('');
    expect(dataFolder('/srv/b', { VOORMAN_DATA: '/srv/a' }).flag).toBe(' --data /srv/b');
  });

  it.each(['taken', 'taken/below'])('cannot be %s, where a file lies', async (name) => {
    await writeFile(join(folder, 'taken'), '');
    await expect(prepareDataFolder(dataFolder(join(folder, name)))).rejects.toMatchObject({
      code: 'cli/data-folder',
      message: `${join(folder, name)} cannot be a folder: a file lies there, or above it.`,
    });
  });
});
