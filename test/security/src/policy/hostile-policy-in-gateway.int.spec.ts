import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@voorman/envelope';
import { encodeBundle, type PolicyEngine, SidecarPolicyEngine, WasmPolicyEngine } from '@voorman/policy';
import { compileRego, json, someParts } from '@voorman/policy/testing';
import { compileTool } from '@voorman/registry';
import { GatewaySession, manifest } from '@voorman/tool-gateway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** One call under this policy; what its bot was told, and how often the tool ran. */
async function call(policy: PolicyEngine, free: JsonObject): Promise<{ told: unknown; ran: number; ms: number }> {
  const session = new GatewaySession();
  const schema = { input: { free: 'object' }, output: { done: 'boolean' } };
  session.tools.set('lookup', compileTool(manifest({ name: 'lookup', schema })));
  await session.gateway(session.doing(), { policy });
  const began = performance.now();
  await session.request('c1', 'lookup', { free });
  const [told] = await session.answers();
  return { told, ran: session.executions.length, ms: performance.now() - began };
}
const REFUSED = { type: 'tool-refused', payload: { code: 'policy/denied' } };

describe('a gateway under a policy', () => {
  const RULES = `package p

default decision := {"allow": false}

mode := input.arguments.free.mode
list := input.arguments.free.list

decision := {"allow": true} if mode == "plain"
decision := {"allow": true} if {
	mode == "loops"
	count([1 | some a in list; some b in list; some c in list; a < b; b < c; c < a]) >= 0
}
decision := {"allow": true} if {
	mode == "panics"
	count(numbers.range(1, 100000000)) > 0
}
decision := {"allow": true, "reasons": ["one"]} if mode == "contradicts itself"
decision := {"allow": true, "reasons": ["two"]} if mode == "contradicts itself"
decision := {"allow": "true"} if mode == "answers with a text"
decision := {"allow": 1} if mode == "answers with a number"
decision := {"Allow": true} if mode == "answers in other letters"
decision := {"allow": true, "obligations": [{"type": "be_careful"}]} if mode == "wants what nobody knows"
`;
  let policy: PolicyEngine;
  beforeAll(async () => {
    const wasm = await compileRego(RULES, 'p/decision');
    const parts = someParts({ wasm, data: json({}), entrypoints: [{ rule: 'p/decision' }] });
    policy = await WasmPolicyEngine.load(encodeBundle(parts), { limitMs: 100 });
  });

  it.each([
    ...['loops', 'panics', 'contradicts itself', 'answers with a text', 'answers with a number'],
    ...['answers in other letters', 'wants what nobody knows'],
  ])('that %s runs nothing, says so soon, and serves the next call', async (mode) => {
    const list = Array.from({ length: mode === 'loops' ? 900 : 1 }, (_, index) => 10_000 + index);
    const { told, ran, ms } = await call(policy, { mode, list });
    expect(told).toMatchObject({ type: 'tool-refused', payload: { code: expect.stringMatching(/^policy\//) } });
    expect({ ran, isSoon: ms < 5_000 }).toEqual({ ran: 0, isSoon: true });
    expect(await call(policy, { mode: 'plain' })).toMatchObject({ told: { type: 'tool-finished' }, ran: 1 });
  });
});

describe('a gateway that asks an OPA beside it', () => {
  /** Takes any rules, and answers questions with whatever it is told. */
  let answer: (response: ServerResponse) => void;
  const YES = '{"result":{"voorman/authz/decision":{"allow":true}}}';
  const well = (response: ServerResponse) => response.end(YES);
  let folder: string;
  let server: Server;
  let policy: SidecarPolicyEngine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-evil-opa-'));
    const socket = join(folder, 'opa.sock');
    server = createServer((request, response) => {
      request.resume();
      request.on('end', () => (request.method === 'POST' ? answer(response) : response.end('{}')));
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    answer = well;
    const sources = json({ files: [], sidecar: { root: 'voorman_r1', modules: {} } });
    policy = await SidecarPolicyEngine.load(encodeBundle(someParts({ sources })), {
      socket,
      timeoutMs: 300,
      lingerMs: 0,
    });
  });
  afterAll(async () => {
    policy?.close();
    server?.closeAllConnections();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    answer = well;
  });

  const saying = (text: string) => (response: ServerResponse) => response.end(text);
  const ruling = (value: string) => saying(`{"result":{"voorman/authz/decision":${value}}}`);
  it.each<[string, (response: ServerResponse) => void]>([
    ['says nothing', () => undefined],
    ['hangs up', (response) => response.destroy()],
    ['stops in the middle', (response) => response.writeHead(200, { 'content-length': '99' }).write('{"result":{"v')],
    ['says yes with an error', (response) => response.writeHead(500).end(YES)],
    ['says yes in words', ruling('"yes"')],
    ['says yes as a text', ruling('{"allow":"true"}')],
    ['says yes with something more', ruling('{"allow":true,"unless":"urgent"}')],
    ['says yes in a list', ruling('[{"allow":true}]')],
    ['says yes to another question', saying('{"result":{"voorman/authz/other":{"allow":true}}}')],
    ['says yes in a prototype', saying('{"result":{"__proto__":{"voorman/authz/decision":{"allow":true}}}}')],
    ['has forgotten the question', saying('{}')],
    ['answers with a list', saying('{"result":[{"allow":true}]}')],
    ['answers with more than JSON', saying(`${YES} and more`)],
    ['answers with a page', saying('<html>allow</html>')],
    ['answers without end', saying(`${YES}${' '.repeat(2_000_000)}`)],
    ['sends it elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ])('that %s runs nothing', async (_what, how) => {
    answer = how;
    const { told, ran, ms } = await call(policy, {});
    expect(told).toMatchObject(REFUSED);
    expect({ ran, isSoon: ms < 3_000 }).toEqual({ ran: 0, isSoon: true });
    answer = well;
    expect(await call(policy, {})).toMatchObject({ ran: 1 });
  });
});
