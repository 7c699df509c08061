import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { leash } from './suites/leash.js';
import { leashAuthorship } from './suites/leash-authorship.js';
import { leashCarrier } from './suites/leash-carrier.js';
import { leashPeople } from './suites/leash-people.js';
import { leashVersions } from './suites/leash-versions.js';
import { LeashExample } from './testing/example.js';

// A loaded machine starts a stack in half a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('the example of the leash', () => {
  let example: LeashExample;

  beforeAll(async () => {
    example = await LeashExample.start();
  });
  afterAll(async () => {
    if (example?.isRunning) await example.stop();
  });

  leash(() => example);
  leashPeople(() => example);
  leashCarrier(() => example);
  leashVersions(() => example);
  leashAuthorship(() => example);

  it('ends everything with Ctrl-C', async () => {
    const { services } = await example.stack.status();
    expect(await example.stop()).toEqual({ code: 0, err: '' });
    for (const { pid } of services) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
