import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateTool } from '@voorman/tools';
import { describe, expect, it } from 'vitest';
import { sandboxIsMissing } from '../testing/confined-tool.js';
import { isAlive } from '../testing/program.js';
import { endHalfBuiltRooms } from './left-over.js';

describe.skipIf(await sandboxIsMissing())('a room that was half built when its gateway was killed', () => {
  it('is ended by the next gateway, and no other is', async () => {
    // Under a name of its own: others may be building rooms at this moment.
    const folder = mkdtempSync(join(tmpdir(), 'voorman-left-over-'));
    const bwrap = join(folder, 'bwrap');
    symlinkSync((await locateTool('bwrap')).path, bwrap);
    const words = [
      '--unshare-all',
      '--unshare-user',
      '--userns-block-fd',
      '3',
      '--info-fd',
      '4',
      '--ro-bind',
      '/',
      '/',
      'true',
    ];
    const half = spawn(bwrap, words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true });
    const child = await new Promise<number>((resolve) => {
      half.stdio[4]?.on('data', (text) => resolve(Number(/"child-pid":\s*(\d+)/.exec(String(text))?.[1])));
    });
    const whole = spawn(bwrap, ['--unshare-all', '--ro-bind', '/', '/', 'sh', '-c', 'echo up; sleep 20'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    await new Promise((resolve) => whole.stdout.once('data', resolve));
    half.kill('SIGKILL');
    await new Promise((resolve) => half.once('exit', resolve));
    expect(isAlive(child)).toBe(true);

    expect(endHalfBuiltRooms(bwrap)).toBe(0);
    expect(isAlive(child)).toBe(true);
    expect(endHalfBuiltRooms(bwrap, 0)).toBe(1);
    await expect.poll(() => isAlive(child)).toBe(false);
    expect(whole.pid && isAlive(whole.pid)).toBe(true);
    process.kill(-(whole.pid ?? 0), 'SIGKILL');
    rmSync(folder, { recursive: true });
  });
});
