import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Recorded, sessionStory } from '@voorman/envelope';
import { readAll } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { followBundle, HotPolicy, policyInput } from '@voorman/policy';
import { OpaCommand } from '@voorman/policy/authoring';
import { systemClock, uuids } from '@voorman/service';
import { ensureSigningKey } from '@voorman/signing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { watchFolders } from './adapters/folder-watch.js';
import { readSources } from './adapters/registry-folder.js';
import { BundleKeeper } from './bundle-keeper.js';
import { PublishHandler } from './publish.handler.js';

const SHIPPED = fileURLToPath(new URL('../../../deploy/registry/policies', import.meta.url));

let server: TestServer;
let compiler: OpaCommand;
let folder: string;
const open: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  server = await startTestServer();
  compiler = await OpaCommand.locate();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-policy-service-'));
  await cp(SHIPPED, join(folder, 'policies'), { recursive: true });
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
});

async function connect(name: string): Promise<LogConnection> {
  const connection = await connectLog({ servers: [server.url], name, credentials: server.credentialsFor(name) });
  open.push(() => connection.close());
  return connection;
}

/** The service on the folder, and what it told its operator. */
async function start(): Promise<{ heard: string[]; keeper: BundleKeeper }> {
  const { log, bundles } = await connect('policy');
  const heard: string[] = [];
  const handler = new PublishHandler({
    log,
    bundles,
    compiler,
    signer: () => ensureSigningKey(join(folder, 'signing.pem')),
    requireTrusted: async () => undefined,
    clock: systemClock,
    ids: uuids,
  });
  const keeper = new BundleKeeper(
    () => readSources({ policiesDir: join(folder, 'policies'), registryDir: folder }),
    (sources, isEdit) => handler.publish(sources, isEdit),
    {
      published: (bundle) => heard.push(bundle.revision),
      refused: (fault) => heard.push((fault as Error).message),
      manifestProblems: () => undefined,
    },
  );
  open.push(watchFolders([folder, join(folder, 'policies')], () => void keeper.look()));
  await keeper.look();
  return { heard, keeper };
}

/** An enforcement point; `next` resolves with the next revision that it puts in force. */
async function enforce() {
  const policy = new HotPolicy();
  let wake: (revision: string) => void = () => undefined;
  const stop = await followBundle(policy, (await connect('tool-gateway')).bundles, {
    installed: ({ revision }) => wake(revision),
    rejected: (fault) => wake(fault.code),
    missing: () => undefined,
  });
  open.push(stop);
  return { policy, next: () => new Promise<string>((resolve) => (wake = resolve)) };
}

const publishing = policyInput({
  action: 'publish',
  tenant: 'acme',
  session: 's',
  agent: 'crm',
  publisher: 'crm',
  target_agent: 'orchestrator',
});

describe('the policy service on a real server', () => {
  it('puts an edited rule in force at an enforcement point while it runs, and one that fails its tests never', async () => {
    const { heard, keeper } = await start();
    const { policy, next } = await enforce();
    expect(await policy.decide(publishing)).toMatchObject({ allow: true, bundle: keeper.state.revision });

    const file = join(folder, 'policies/publish.rego');
    const rules = await readFile(file, 'utf8');
    const changed = next();
    await writeFile(file, `${rules}\nobjection contains "Closed today." if input.action == "publish"\n`);
    // A test of the folder now fails, so nothing changes until the tests agree.
    await expect.poll(() => heard.at(-1), { timeout: 10_000 }).toContain('publish_test.rego');
    expect(await policy.decide(publishing)).toMatchObject({ allow: true });

    await rm(join(folder, 'policies/publish_test.rego'));
    const revision = await changed;
    expect(await policy.decide(publishing)).toMatchObject({
      allow: false,
      reasons: ['Closed today.'],
      bundle: revision,
    });
  });

  it('has its publications in the log, once each, over restarts', async () => {
    const { keeper } = await start();
    await start();
    const { log } = await connect('orchestrator');
    const records = (await readAll(log, sessionStory('system', 'policy'))) as Recorded<'bundle-published'>[];
    expect(records.at(-1)).toMatchObject({ type: 'bundle-published', payload: { revision: keeper.state.revision } });
    const digests = records.map((record) => record.payload.digest);
    expect(new Set(digests).size).toBe(digests.length);
  });
});
