import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { goals } from './suites/goals.js';
import { hostile } from './suites/hostile.js';
import { operation } from './suites/operation.js';
import { outside } from './suites/outside.js';
import { Stack } from './testing/stack.js';

// A loaded machine starts a stack in half a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('a stack of our own', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.inFreshFolder();
    const { code, out, err } = await stack.run(['up', '--detach', '--json']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ data: stack.data, nats: { durability: 'on-disk' } });
  });
  afterAll(() => stack.remove());

  goals(() => stack);
  outside(() => stack);
  hostile(() => stack);
  operation(() => stack);

  describe('going down', () => {
    it('leaves no process behind, and once more does no harm', async () => {
      const { nats, services } = await stack.status();
      expect((await stack.run(['down'])).code).toBe(0);
      for (const pid of [nats.pid, ...services.map((service) => service.pid)]) {
        expect(() => process.kill(pid, 0), `${pid}`).toThrow(/ESRCH/);
      }
      expect(await stack.run(['down'])).toMatchObject({ code: 0, out: expect.stringContaining('Nothing is running') });
    });
  });
});
