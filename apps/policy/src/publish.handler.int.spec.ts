import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Recorded, sessionStory } from '@voorman/envelope';
import { type Bundles, LogUnavailableError, PayloadCorruptError, readAll } from '@voorman/log';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { BundleRejectedError, decodeBundle, HotPolicy, PolicyStore, policyInput } from '@voorman/policy';
import { compileBundle, OpaCommand } from '@voorman/policy/authoring';
import { RULES, someSources } from '@voorman/policy/testing';
import { ensureSigningKey, loadSigningKey } from '@voorman/signing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PublishHandler } from './publish.handler.js';

let compiler: OpaCommand;
let store: MemoryStore;
let keys: string;
beforeAll(async () => {
  compiler = await OpaCommand.locate();
  keys = await mkdtemp(join(tmpdir(), 'voorman-keys-'));
});
afterAll(() => rm(keys, { recursive: true }));
beforeEach(() => {
  store = new MemoryStore();
});

let ids = 0;
const nextId = (): string => {
  ids += 1;
  return `id-${ids}`;
};
const ports = (bundles?: Bundles) => {
  const connection = memoryConnection(store, 'policy');
  return {
    log: connection.log,
    bundles: bundles ?? connection.bundles,
    compiler,
    signer: () => ensureSigningKey(join(keys, 'signing.pem')),
    requireTrusted: async () => undefined,
    clock: { nowMs: () => 1_795_000_000_000 },
    ids: { next: nextId },
  };
};
const history = async (): Promise<Recorded<'bundle-published'>[]> =>
  (await readAll(
    memoryConnection(store, 'reader').log,
    sessionStory('system', 'policy'),
  )) as Recorded<'bundle-published'>[];
const stored = () => memoryConnection(store, 'reader').bundles.get('policy');

describe('publishing a policy', () => {
  it('stores a bundle that enforcement points take, and records its revision and digest', async () => {
    const published = await new PublishHandler(ports()).publish(someSources());
    expect(published).toMatchObject({ changed: true, tests: 1, revision: expect.stringMatching(/^[0-9a-f]{16}$/) });

    const policy = new HotPolicy();
    const installed = await policy.install((await stored()) as Uint8Array);
    expect(installed).toMatchObject({ revision: published.revision, digest: published.digest });
    const question = {
      action: 'tool_execute',
      tenant: 'acme',
      session: 's',
      agent: 'bot',
      tool_name: 'search',
    } as const;
    expect(policy.decide(policyInput(question))).toMatchObject({ allow: true, bundle: published.revision });

    expect(await history()).toMatchObject([
      {
        target_agent: 'journal',
        source_agent: 'policy',
        payload: { revision: published.revision, digest: published.digest, entrypoints: ['p/decision'] },
      },
    ]);
  });

  it('publishes the same sources once, also after a restart', async () => {
    const handler = new PublishHandler(ports());
    const first = await handler.publish(someSources());
    expect(await handler.publish(someSources())).toEqual({ ...first, changed: false, tests: undefined });
    expect(await new PublishHandler(ports()).publish(someSources())).toMatchObject({ changed: false });
    expect(await history()).toHaveLength(1);
  });

  it('publishes another revision when a rule or the registry changes', async () => {
    const handler = new PublishHandler(ports());
    await handler.publish(someSources());
    await handler.publish(someSources({ 'p.rego': RULES.replace('"listed"', '"it is listed"') }));
    await handler.publish({ ...someSources(), registry: { agents: {}, tools: {} } });
    const revisions = (await history()).map((record) => record.payload.revision);
    expect(new Set(revisions).size).toBe(3);
  });

  it.each([
    ['does not compile', { 'p.rego': 'package p\n\ndecision := x\n' }],
    ['fails a test', { 'q_test.rego': 'package q_test\n\ntest_no if 1 == 2\n' }],
    ['answers nonsense', { 'p.rego': 'package p\n\ndecision := 7\n', 'p_test.rego': 'package p_test\n' }],
    [
      'needs the network',
      { 'p.rego': 'package p\n\ndecision if http.send({"url": input.x}).body\n', 'p_test.rego': 'package p_test\n' },
    ],
  ])('publishes nothing and keeps the bundle before when the policy %s', async (_name, files) => {
    const handler = new PublishHandler(ports());
    const good = await handler.publish(someSources());
    await expect(handler.publish(someSources(files))).rejects.toMatchObject({ code: 'policy/rejected' });
    expect(await history()).toHaveLength(1);
    const policy = new HotPolicy();
    await policy.install((await stored()) as Uint8Array);
    expect(policy.revision).toBe(good.revision);
  });

  it('replaces a bundle that was damaged in the store', async () => {
    const { bundles } = memoryConnection(store, 'policy');
    const handler = new PublishHandler(ports());
    await handler.publish(someSources());
    await bundles.put('policy', new Uint8Array(9));
    expect(await handler.publish(someSources())).toMatchObject({ changed: true });
    await expect(new HotPolicy().install((await stored()) as Uint8Array)).resolves.toHaveProperty('changed', true);
  });

  it('replaces a bundle that the store itself finds damaged, and reports a store that is out of reach', async () => {
    const { bundles } = memoryConnection(store, 'policy');
    const failing = (fault: Error): Bundles => ({
      get: () => Promise.reject(fault),
      put: (name, content) => bundles.put(name, content),
      watch: (changed) => bundles.watch(changed),
    });
    const corrupt = new PublishHandler(ports(failing(new PayloadCorruptError('bundles/policy'))));
    expect(await corrupt.publish(someSources())).toMatchObject({ changed: true });
    const away = new PublishHandler(ports(failing(new LogUnavailableError('reading the bundle'))));
    await expect(away.publish(someSources())).rejects.toMatchObject({ code: 'log/unavailable' });
  });

  it('records a bundle that was stored before it died', async () => {
    const plain = ports();
    const dying = {
      ...plain,
      log: {
        ...plain.log,
        append: () => Promise.reject(new Error('died')),
        read: plain.log.read.bind(plain.log),
        last: plain.log.last.bind(plain.log),
      },
    };
    await expect(new PublishHandler(dying as never).publish(someSources())).rejects.toThrow('died');
    expect(await history()).toEqual([]);
    const after = await new PublishHandler(ports()).publish(someSources());
    expect(after.changed).toBe(false);
    expect((await history()).map((record) => record.payload.digest)).toEqual([after.digest]);
  });

  const other = { 'q.rego': 'package q\n' };

  it('does not undo what was pushed since, only because it starts again', async () => {
    await new PublishHandler(ports()).publish(someSources());
    const pushed = await compileBundle(someSources(other), compiler, 1_795_000_000_000);
    await new PolicyStore(memoryConnection(store, 'cli').bundles).publish(pushed.bytes);
    const restarted = new PublishHandler(ports());
    expect(await restarted.publish(someSources())).toMatchObject({
      changed: false,
      superseded: true,
      revision: pushed.bundle.manifest.revision,
    });
    expect(await stored()).toEqual(pushed.bytes);
  });

  it('publishes an edit of the folder over what was pushed, also one that takes it back to what it was', async () => {
    const handler = new PublishHandler(ports());
    const { revision } = await handler.publish(someSources());
    await handler.publish(someSources(other), true);
    expect(await handler.publish(someSources(), true)).toMatchObject({ changed: true, revision });
  });

  it('publishes a folder that was edited while the service was down', async () => {
    await new PublishHandler(ports()).publish(someSources());
    expect(await new PublishHandler(ports()).publish(someSources(other))).toMatchObject({ changed: true });
  });

  it('publishes a folder that left, while the service was down, what it had in common with a rollback', async () => {
    const first = await new PublishHandler(ports()).publish(someSources());
    const handler = new PublishHandler(ports());
    const { revision } = await handler.publish(someSources(other), true);
    const kept = new PolicyStore(memoryConnection(store, 'cli').bundles);
    await kept.publish((await kept.get(first.revision)) as Uint8Array);
    expect(await new PublishHandler(ports()).publish(someSources())).toMatchObject({ changed: false });
    expect(await new PublishHandler(ports()).publish(someSources(other))).toMatchObject({ changed: true, revision });
  });

  it('records what somebody else put in force, and that it was taken back', async () => {
    const handler = new PublishHandler(ports());
    const first = await handler.publish(someSources());
    const pushed = await compileBundle(someSources(other), compiler, 1_795_000_000_000);
    const kept = new PolicyStore(memoryConnection(store, 'cli').bundles);
    await kept.publish(pushed.bytes);
    await handler.noticed();
    await kept.publish((await kept.get(first.revision)) as Uint8Array);
    await handler.noticed();
    expect((await history()).map((record) => record.payload.revision)).toEqual([
      first.revision,
      pushed.bundle.manifest.revision,
      first.revision,
    ]);
  });

  it('signs what it publishes, also what lies in the store unsigned from before', async () => {
    const { bytes } = await compileBundle(someSources(), compiler, 1_795_000_000_000);
    await memoryConnection(store, 'policy').bundles.put('policy', bytes);
    expect(await new PublishHandler(ports()).publish(someSources())).toMatchObject({ changed: true });
    const { keyid } = await ensureSigningKey(join(keys, 'signing.pem'));
    expect(decodeBundle((await stored()) as Uint8Array).signatures).toMatchObject([{ keyid }]);
  });

  it('leaves the bundle before in the store when its own signature is not enough', async () => {
    await new PublishHandler(ports()).publish(someSources());
    const before = await stored();
    const wary = {
      ...ports(),
      requireTrusted: () => Promise.reject(new BundleRejectedError('it needs two signatures')),
    };
    await expect(new PublishHandler(wary).publish(someSources(other), true)).rejects.toMatchObject({
      code: 'policy/bundle-rejected',
    });
    expect(await stored()).toEqual(before);
  });

  it('publishes nothing without a key', async () => {
    const keyless = { ...ports(), signer: () => loadSigningKey({ file: join(keys, 'nothing.pem') }) };
    await expect(new PublishHandler(keyless).publish(someSources())).rejects.toMatchObject({
      code: 'signing/unusable-key',
    });
    expect(await stored()).toBeUndefined();
  });

  it('records one publication when two replicas look at once', async () => {
    await new PublishHandler(ports()).publish(someSources());
    const replicas = [new PublishHandler(ports()), new PublishHandler(ports())];
    await Promise.all(replicas.map((replica) => replica.publish(someSources())));
    expect(await history()).toHaveLength(1);
  });
});
