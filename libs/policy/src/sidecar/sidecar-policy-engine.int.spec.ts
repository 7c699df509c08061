import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileBundle, OpaCommand } from '../authoring/index.js';
import { encodeBundle } from '../bundle.js';
import { policyInput } from '../policy-input.js';
import { OpaServer } from '../testing/opa-server.js';
import { someParts } from '../testing/parts.js';
import { someSources } from '../testing/sources.js';
import { SidecarPolicyEngine } from './sidecar-policy-engine.js';

let opa: OpaServer;
let first: Uint8Array;
let second: Uint8Array;
beforeAll(async () => {
  opa = await OpaServer.start();
  const compiler = await OpaCommand.locate();
  const build = async (more: Parameters<typeof someSources>[0]) =>
    (await compileBundle(someSources(more), compiler, Date.parse('2026-11-21T12:00:00Z'))).bytes;
  first = await build({});
  second = await build({ 'p.rego': 'package p\n\ndecision := {"allow": false, "reasons": ["closed"]}\n' });
});
afterAll(() => opa.stop());

const question = policyInput({
  action: 'tool_execute',
  tenant: 'acme',
  session: 's',
  agent: 'bot',
  tool_name: 'search',
});
const refusal = { allow: false, reasons: ['The policy could not decide this, and what is not decided is refused.'] };

describe('an OPA beside the service', () => {
  it('refuses in time while it does not answer, and decides again when it does', async () => {
    const engine = await SidecarPolicyEngine.load(first, { socket: opa.socket, timeoutMs: 100 });
    opa.pause();
    const began = performance.now();
    expect(await engine.decide(question)).toMatchObject(refusal);
    expect(performance.now() - began).toBeLessThan(10_000);
    opa.resume();
    await expect.poll(() => engine.decide(question)).toMatchObject({ allow: true });
  });

  it('refuses while it is gone, and is given the rules again when it is back', async () => {
    const engine = await SidecarPolicyEngine.load(first, { socket: opa.socket, timeoutMs: 2_000 });
    await opa.kill();
    expect(await engine.decide(question)).toMatchObject(refusal);
    await opa.run();
    const decisions = await Promise.all(Array.from({ length: 20 }, () => engine.decide(question)));
    expect(decisions.filter((decision) => decision.allow)).toHaveLength(20);
  });

  it('holds two revisions at once, and each decision is made by one of them', async () => {
    const options = { socket: opa.socket, timeoutMs: 5_000 };
    const one = await SidecarPolicyEngine.load(first, options);
    let loading = true;
    const other = SidecarPolicyEngine.load(second, options).finally(() => {
      loading = false;
    });
    while (loading) expect(await one.decide(question)).toMatchObject({ allow: true, bundle: one.revision });
    const two = await other;
    expect(await two.decide(question)).toMatchObject({ allow: false, reasons: ['closed'], bundle: two.revision });
    expect(await one.decide(question)).toMatchObject({ allow: true, bundle: one.revision });
  });

  it('gets rid of the rules of a bundle that is no longer in force, and takes them back if somebody asks', async () => {
    const options = { socket: opa.socket, timeoutMs: 5_000 };
    const mine = await SidecarPolicyEngine.load(first, { ...options, lingerMs: 0 });
    const theirs = await SidecarPolicyEngine.load(first, options);
    mine.close();
    await pause(200);
    expect(await theirs.decide(question)).toMatchObject({ allow: true });
  });

  it('is not given a bundle without rules that it can read', async () => {
    const bare = encodeBundle(someParts());
    await expect(SidecarPolicyEngine.load(bare, { socket: opa.socket })).rejects.toMatchObject({
      code: 'policy/bundle-rejected',
    });
  });

  it('is no engine where nothing listens', async () => {
    await expect(SidecarPolicyEngine.load(first, { socket: '/nowhere/opa.sock' })).rejects.toMatchObject({
      code: 'policy/bundle-rejected',
    });
  });
});

describe('something else behind the socket of an OPA', () => {
  let folder: string;
  let server: Server;
  let answer: RequestListener;
  const socket = (): string => join(folder, 'opa.sock');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-fake-opa-'));
    answer = (_asked, reply) => reply.end(JSON.stringify({ result: { 'p/decision': false } }));
    server = createServer((asked, reply) => {
      asked.resume();
      answer(asked, reply);
    });
    await new Promise<void>((resolve) => server.listen(socket(), resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it.each<[string, RequestListener]>([
    ['answers no JSON', (_asked, reply) => reply.end('<html>')],
    ['answers with a fault', (_asked, reply) => reply.writeHead(500).end('{"code":"internal_error"}')],
    ['answers a list', (_asked, reply) => reply.end('{"result":[true]}')],
    ['answers true', (_asked, reply) => reply.end('{"result":true}')],
    ['answers with a rule’s value in words', (_asked, reply) => reply.end('{"result":{"p/decision":"true"}}')],
    ['answers about another rule', (_asked, reply) => reply.end('{"result":{"p/other":true}}')],
    ['never has the rules', (_asked, reply) => reply.end('{}')],
    ['hangs up', (_asked, reply) => reply.destroy()],
    ['says more than anyone reads', (_asked, reply) => reply.end(`"${'x'.repeat(2 * 1024 * 1024)}"`)],
    ['goes on answering for ever', (_asked, reply) => void setInterval(() => reply.write(' '), 20).unref()],
    [
      'stops in the middle',
      (_asked, reply) => {
        reply.writeHead(200, { 'content-length': 100 }).write('{"result":');
        setTimeout(() => reply.destroy(), 20);
      },
    ],
  ])('allows nothing when it %s', async (_name, misbehaviour) => {
    const engine = await SidecarPolicyEngine.load(first, { socket: socket(), timeoutMs: 300 });
    answer = misbehaviour;
    const decision = await engine.decide(question);
    expect(decision).toMatchObject({ allow: false });
  });
});
