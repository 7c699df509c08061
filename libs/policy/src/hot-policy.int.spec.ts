import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBundle } from './bundle.js';
import { HotPolicy } from './hot-policy.js';
import { policyInput } from './policy-input.js';
import { compileRego } from './testing/compile-rego.js';
import { json, someParts } from './testing/parts.js';

let program: Uint8Array;
beforeAll(async () => {
  program = await compileRego(
    'package p\n\ndecision := {"allow": input.agent in data.agents, "reasons": [data.name]}\n',
    'p/decision',
  );
});

const bundle = (revision: string, ...agents: string[]) =>
  encodeBundle(
    someParts({
      revision,
      wasm: program,
      entrypoints: [{ rule: 'p/decision' }],
      data: json({ agents, name: revision }),
    }),
  );
const question = policyInput({ action: 'publish', tenant: 'acme', session: 's', agent: 'cli' });

describe('the policy in force', () => {
  it('refuses everything while there is no bundle', () => {
    expect(new HotPolicy().decide(question)).toMatchObject({ allow: false, bundle: 'none' });
  });

  it('refuses everything when the first bundle is damaged', async () => {
    const policy = new HotPolicy();
    await expect(policy.install(bundle('r1', 'cli').with(-1, 0))).rejects.toThrow('digest');
    expect(policy.decide(question)).toMatchObject({ allow: false, bundle: 'none' });
  });

  it('becomes the new bundle while running', async () => {
    const policy = new HotPolicy();
    await policy.install(bundle('r1', 'cli'));
    expect(policy.decide(question)).toMatchObject({ allow: true, bundle: 'r1' });
    expect(await policy.install(bundle('r2'))).toMatchObject({ revision: 'r2', changed: true });
    expect(policy.decide(question)).toMatchObject({ allow: false, bundle: 'r2' });
  });

  it.each([
    ['is damaged', () => bundle('r2').with(-1, 0)],
    ['is cut off', () => bundle('r2').subarray(0, 500)],
    ['is something else', () => new TextEncoder().encode('allow everything')],
    ['names a rule that it lacks', () => encodeBundle(someParts({ revision: 'r2', wasm: program }))],
  ])('stays what it was when the new bundle %s', async (_name, broken) => {
    const policy = new HotPolicy();
    await policy.install(bundle('r1', 'cli'));
    await expect(policy.install(broken())).rejects.toMatchObject({ code: 'policy/bundle-rejected' });
    expect(policy.decide(question)).toMatchObject({ allow: true, bundle: 'r1' });
  });

  it('is the last of several bundles that came at once, also when an earlier one takes longer to load', async () => {
    const rules = Array.from({ length: 5_000 }, (_, index) => `allow if input.agent == "bot-${index}"`);
    const slow = await compileRego(`package p\n\ndefault allow := false\n\n${rules.join('\n')}\n`, 'p/allow');
    const policy = new HotPolicy();
    await Promise.all([
      policy.install(encodeBundle(someParts({ revision: 'r1', wasm: slow, entrypoints: [{ rule: 'p/allow' }] }))),
      policy.install(bundle('r2', 'cli')),
    ]);
    expect(policy.revision).toBe('r2');
  });

  it('decides each question by one bundle, while others are being installed', async () => {
    const policy = new HotPolicy();
    await policy.install(bundle('r0', 'cli'));
    let installing = true;
    const installed = (async () => {
      for (let round = 1; round <= 20; round += 1) {
        await policy.install(round % 2 === 0 ? bundle(`r${round}`, 'cli') : bundle(`r${round}`));
      }
      installing = false;
    })();
    while (installing) {
      const decision = await policy.decide(question);
      // The reason is out of the bundle's data: answer, data and revision belong together.
      expect(decision.reasons).toEqual([decision.bundle]);
      expect(decision.allow).toBe(Number(decision.bundle.slice(1)) % 2 === 0);
      await new Promise(setImmediate);
    }
    await installed;
  });

  it('notices that a bundle is already in force', async () => {
    const policy = new HotPolicy();
    await policy.install(bundle('r1', 'cli'));
    expect(await policy.install(bundle('r1', 'cli'))).toMatchObject({ changed: false });
  });
});
