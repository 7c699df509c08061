import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import {
  BUNDLE_PAYLOAD_TYPE,
  bundleStatement,
  decodeBundle,
  encodeBundle,
  POLICY_BUNDLE,
  policyInput,
  withSignatures,
} from '@voorman/policy';
import { compileRego, someParts } from '@voorman/policy/testing';
import { ensureSigningKey, type SigningKey, signStatement } from '@voorman/signing';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPolicy } from './policy-slot.js';

let program: Uint8Array;
beforeAll(async () => {
  program = await compileRego('package p\n\nallow := true\n', 'p/allow');
});

let data: string;
let ours: SigningKey;
let stranger: SigningKey;
let store: MemoryStore;
let faults: string[];
const stops: (() => void)[] = [];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'voorman-trust-'));
  ours = await ensureSigningKey(join(data, 'ours.pem'));
  stranger = await ensureSigningKey(join(data, 'stranger.pem'));
  store = new MemoryStore();
  faults = [];
  await trust();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await rm(data, { recursive: true });
});

async function trust(more: Record<string, unknown> = {}): Promise<void> {
  await mkdir(join(data, 'trust'), { recursive: true });
  const root = {
    name: 'us',
    public_key: ours.publicKey,
    valid_from: '2020-01-01T00:00:00Z',
    valid_until: '2100-01-01T00:00:00Z',
  };
  await writeFile(join(data, 'trust', 'us.yaml'), JSON.stringify({ ...root, ...more }));
}
const bundle = (revision: string): Uint8Array =>
  encodeBundle(someParts({ revision, wasm: program, entrypoints: [{ rule: 'p/allow' }] }));
const signed = (bytes: Uint8Array, key: SigningKey): Uint8Array =>
  withSignatures(bytes, signStatement(BUNDLE_PAYLOAD_TYPE, bundleStatement(decodeBundle(bytes)), [key]).signatures);
const publish = (bytes: Uint8Array) => memoryConnection(store, 'policy').bundles.put(POLICY_BUNDLE, bytes);

async function slot() {
  const to = { write: (line: string) => void faults.push(JSON.parse(line).fault?.message ?? '') };
  const { bundles } = memoryConnection(store, 'tool-gateway');
  const { policy, stop } = await openPolicy({ bundles }, pino({ level: 'error' }, to), { registry: [], data }, {});
  stops.push(stop);
  return policy;
}
const question = policyInput({ action: 'publish', tenant: 'acme', session: 's', agent: 'cli' });

describe('a policy bundle', () => {
  it('is put in force when somebody signed it who is trusted for policy', async () => {
    await publish(signed(bundle('r1'), ours));
    expect(await (await slot()).decide(question)).toMatchObject({ allow: true, bundle: 'r1' });
  });

  it.each<[string, () => Promise<Uint8Array>, string]>([
    ['nobody signed', async () => bundle('r2'), 'is not signed'],
    ['a stranger signed', async () => signed(bundle('r2'), stranger), 'signed by nobody who is trusted'],
    [
      'bears the signature of another',
      async () => {
        const { signatures } = decodeBundle(signed(bundle('r1'), ours));
        return withSignatures(bundle('r2'), signatures);
      },
      'is not what was signed',
    ],
    [
      'was signed by a key that was revoked',
      async () => {
        await trust({ revoked: true });
        return signed(bundle('r2'), ours);
      },
      'revoked',
    ],
    [
      'was signed by a key that is no longer good',
      async () => {
        await trust({ valid_until: '2021-01-01T00:00:00Z' });
        return signed(bundle('r2'), ours);
      },
      'cannot be trusted at this time',
    ],
    [
      'was signed by somebody who is trusted for tools alone',
      async () => {
        await trust({ purposes: ['tools'] });
        return signed(bundle('r2'), ours);
      },
      'signed by nobody who is trusted',
    ],
    [
      'too few people signed',
      async () => {
        await writeFile(join(data, 'trust', 'thresholds.yaml'), 'policy: 2\n');
        return signed(bundle('r2'), ours);
      },
      'needs 2',
    ],
  ])('that %s is rejected, and the one before stays in force', async (_name, spoilt, words) => {
    await publish(signed(bundle('r1'), ours));
    const policy = await slot();
    await publish(await spoilt());
    await expect.poll(() => faults.length).toBeGreaterThan(0);
    expect(faults[0]).toContain(words);
    expect(await policy.decide(question)).toMatchObject({ allow: true, bundle: 'r1' });
  });

  it('that nobody signed leaves a process that starts anew without any, and everything is refused', async () => {
    await publish(bundle('r1'));
    expect(await (await slot()).decide(question)).toMatchObject({ allow: false, bundle: 'none' });
  });
});
