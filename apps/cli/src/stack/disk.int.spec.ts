import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolder, requireRoom } from './data-folder.js';
import { freeBytes } from './disk.js';

describe('the disk of a data folder', () => {
  const data = { ...dataFolder(join(tmpdir(), 'anywhere')), path: tmpdir() };

  it('has room for what fits, and a sentence for what does not', async () => {
    const free = await freeBytes(data.path);
    await requireRoom(data, 0);
    await expect(requireRoom(data, free)).rejects.toMatchObject({
      code: 'cli/data-folder',
      message: expect.stringContaining('full'),
      next: expect.stringContaining('--data'),
    });
  });
});
