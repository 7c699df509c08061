import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log-file.js';

describe('the log of a process', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-log-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('goes on where the last process ended, and knows the last line', async () => {
    const path = join(folder, 'x.log');
    const first = new LogFile(path);
    first.write('one\n');
    first.close();
    const second = new LogFile(path);
    second.write(Buffer.from('two\nthree\n'));
    second.close();
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(second.lastLine).toBe('three');
  });

  it('never takes much more than twice its bound on the disk', async () => {
    const path = join(folder, 'x.log');
    const log = new LogFile(path, 1_000);
    for (let i = 0; i < 500; i += 1) log.write(`${'x'.repeat(99)}\n`);
    log.close();
    const sizes = await Promise.all([path, `${path}.1`].map(async (file) => (await readFile(file)).length));
    for (const size of sizes) expect(size).toBeLessThanOrEqual(1_100);
  });
});
