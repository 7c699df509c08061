import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inheritedDescriptors } from './inherited.js';

describe('the open files that a process hands on', () => {
  it('are those that it was started with', async () => {
    const leak = openSync('/', 'r');
    const child = spawn('sleep', ['20'], { stdio: ['ignore', 'ignore', 'ignore', leak] });
    await new Promise((resolve) => child.once('spawn', resolve));
    closeSync(leak);
    expect(inheritedDescriptors(`/proc/${child.pid}`)).toContain(3);
    child.kill('SIGKILL');
  });

  it('are not those that Node opened itself', () => {
    const own = openSync('/', 'r');
    expect(inheritedDescriptors()).not.toContain(own);
    closeSync(own);
  });
});
