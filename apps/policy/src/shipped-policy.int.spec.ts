import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PolicyQuestion, policyInput, WasmPolicyEngine } from '@voorman/policy';
import { type LoadedAgent, type LoadedTool, loadRegistry, type Registry } from '@voorman/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle } from './handlers.js';

const SHIPPED = fileURLToPath(new URL('../../../deploy/registry', import.meta.url));

let registry: Registry;
let policy: WasmPolicyEngine;
const scratch: string[] = [];

const policyOf = async (registryDir: string): Promise<WasmPolicyEngine> =>
  WasmPolicyEngine.load(await buildBundle({ policiesDir: join(SHIPPED, 'policies'), registryDir }), {
    onFault: (fault) => {
      throw fault;
    },
  });

beforeAll(async () => {
  registry = await loadRegistry(SHIPPED);
  policy = await policyOf(SHIPPED);
});
afterAll(async () => {
  for (const folder of scratch) await rm(folder, { recursive: true });
});

const ask = (of: WasmPolicyEngine, question: Omit<PolicyQuestion, 'tenant' | 'session'>) =>
  of.decide(policyInput({ tenant: 'default', session: 's-1', task: 't-1', ...question }));
const executing = (agent: LoadedAgent, { name, version, type, effect }: LoadedTool) =>
  ({ action: 'tool_execute', agent: agent.name, tool: { name, version, type, effect } }) as const;

describe('the shipped policy over the shipped registry', () => {
  it('lets every bot execute the tools that it lists, and no other', () => {
    expect(registry.agents.length).toBeGreaterThan(0);
    for (const agent of registry.agents) {
      for (const tool of registry.tools) {
        const decision = ask(policy, executing(agent, tool));
        expect(decision.allow, `${agent.name} ${tool.name}: ${decision.reasons}`).toBe(agent.tools.includes(tool.name));
        expect(decision.reasons.length).toBeGreaterThan(0);
      }
    }
  });

  it('lets the orchestrator delegate every capability to the bot that declares it, and nobody else', () => {
    for (const target of registry.agents) {
      for (const { name: capability } of registry.agents.flatMap((agent) => agent.capabilities)) {
        const question = { action: 'task_delegate', target_agent: target.name, capability } as const;
        const declared = target.capabilities.some((each) => each.name === capability);
        expect(ask(policy, { ...question, agent: 'orchestrator' }).allow).toBe(declared);
        expect(ask(policy, { ...question, agent: target.name }).allow).toBe(false);
        expect(ask(policy, { ...question, agent: 'cli' }).allow).toBe(false);
      }
    }
  });

  it('lets publishers address the orchestrator and the bots that are open to them', () => {
    const publish = (target: string) =>
      ask(policy, { action: 'publish', agent: 'cli', publisher: 'cli', target_agent: target }).allow;
    expect(publish('orchestrator')).toBe(true);
    expect(publish('tool-gateway')).toBe(false);
    for (const agent of registry.agents) expect(publish(agent.name)).toBe(agent.open_to_publishers);
  });

  it('refuses the actions that no rule is about', () => {
    for (const action of ['memory_retrieve', 'memory_write', 'skill_invoke'] as const) {
      expect(ask(policy, { action, agent: 'sre-diagnosis-bot' })).toMatchObject({
        allow: false,
        reasons: [`No rule is about ${action}.`],
      });
    }
  });
});

describe('the separation of the legal bot', () => {
  it('holds when its manifest lists the database and its profile would allow it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'voorman-separation-'));
    scratch.push(folder);
    await mkdir(join(folder, 'tools'));
    await writeFile(
      join(folder, 'tools/database_query.yaml'),
      `name: database_query
version: 1.0.0
type: api
endpoint: https://internal-api.corp/v1/query
method: GET
schema: { input: { query: string }, output: { rows: array } }
`,
    );
    await cp(join(SHIPPED, 'agents/legal-document-bot/agent.yaml'), join(folder, 'agents/legal.yaml'), {
      recursive: true,
    });
    const manifest = (await readFile(join(folder, 'agents/legal.yaml'), 'utf8'))
      .replace(/^tools: \[/m, 'tools: [database_query, ')
      .replace(/^policy_profile: .*$/m, 'policy_profile: researcher');
    await writeFile(join(folder, 'agents/legal.yaml'), manifest);
    await writeFile(join(folder, 'agents/other.yaml'), manifest.replace('name: legal-document-bot', 'name: other-bot'));

    const tempted = await policyOf(folder);
    const tool = { name: 'database_query', version: '1.0.0', type: 'api', effect: 'read' } as const;
    expect(ask(tempted, { action: 'tool_execute', agent: 'other-bot', tool }).allow).toBe(true);
    expect(ask(tempted, { action: 'tool_execute', agent: 'legal-document-bot', tool })).toMatchObject({
      allow: false,
      reasons: ['legal-document-bot can never execute database_query.'],
    });
  });
});
