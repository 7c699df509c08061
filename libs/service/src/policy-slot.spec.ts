import { setImmediate as turn } from 'node:timers/promises';
import { LogUnavailableError } from '@voorman/log';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { HotPolicy, NO_BUNDLE, policyInput } from '@voorman/policy';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPolicy } from './policy-slot.js';

let store: MemoryStore;
let lines: { level: number; msg: string; fault?: { code: string } }[];
const stops: (() => void)[] = [];
beforeEach(() => {
  store = new MemoryStore();
  lines = [];
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.restoreAllMocks();
});
const log = () => pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });

async function slot(bundles = memoryConnection(store, 'tool-gateway').bundles) {
  const { policy, stop } = await openPolicy({ bundles }, log(), { registry: [], data: '/nowhere' }, {});
  stops.push(stop);
  return policy;
}
const question = policyInput({ action: 'publish', tenant: 'acme', session: 's', agent: 'cli' });

describe('the policy of an enforcement point', () => {
  it('refuses everything while the store holds none, and says so', async () => {
    const policy = await slot();
    expect(policy.decide(question)).toMatchObject({ allow: false, bundle: NO_BUNDLE });
    expect(lines.map((line) => line.msg)).toEqual(['The store holds no policy bundle: everything is refused.']);
  });

  it('says that the one in force stays when the store cannot be asked, and why', async () => {
    vi.spyOn(HotPolicy.prototype, 'revision', 'get').mockReturnValue('r7');
    const { bundles } = memoryConnection(store, 'tool-gateway');
    await slot({ ...bundles, get: () => Promise.reject(new LogUnavailableError('reading policy')) });
    expect(lines[0]).toMatchObject({
      msg: 'The policy bundle could not be read, it is tried again: r7 stays in force.',
      fault: { code: 'log/unavailable' },
    });
  });

  it('rejects what is no bundle, and says so as an error', async () => {
    const policy = await slot();
    await memoryConnection(store, 'policy').bundles.put('policy', new TextEncoder().encode('allow everything'));
    while (lines.length < 2) await turn();
    expect(lines[1]).toMatchObject({ level: 50, fault: { code: 'policy/bundle-rejected' } });
    expect(policy.decide(question)).toMatchObject({ allow: false });
  });
});
