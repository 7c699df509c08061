import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matches } from '@voorman/envelope';
import { botPermissions } from '@voorman/log/jetstream';
import { busTargets, type PolicyQuestion, policyInput, WasmPolicyEngine } from '@voorman/policy';
import {
  compileBundle,
  OpaCommand,
  type PolicySources,
  readPolicyFolder,
  registryData,
} from '@voorman/policy/authoring';
import { AGENT_RBAC } from '@voorman/policy/testing';
import { loadRegistry } from '@voorman/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SHIPPED = fileURLToPath(new URL('../../../deploy/registry', import.meta.url));
const EFFECTS = ['read', 'repeatable', 'once'] as const;

let folder: string;
let compiler: OpaCommand;
/** The shipped registry with a bot that reaches for everything, one that may query, and one that may do nothing. */
let sources: PolicySources;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-separation-'));
  await cp(join(SHIPPED, 'policies'), folder, { recursive: true });
  compiler = await OpaCommand.locate();
  const { agents, tools } = await loadRegistry(SHIPPED);
  const shipped = registryData(agents, tools);
  const bot = { domain: 'd', capabilities: ['work'], open_to_publishers: false };
  const greedy = [...Object.keys(shipped.tools), 'database_query', 'pay_invoice'];
  sources = {
    ...(await readPolicyFolder(folder)),
    registry: {
      agents: {
        ...shipped.agents,
        'legal-document-bot': { ...bot, profile: 'researcher', tools: greedy },
        'data-bot': { ...bot, profile: 'researcher', tools: ['database_query'] },
        'idle-bot': { ...bot, profile: 'reader', tools: [] },
      },
      tools: {
        ...shipped.tools,
        database_query: { version: '1.4.0', type: 'sql', effect: 'read' },
        pay_invoice: { version: '1.0.0', type: 'api', effect: 'once' },
      },
    },
  };
});
afterAll(() => rm(folder, { recursive: true }));

async function policyOf(changes: Partial<PolicySources> = {}) {
  const { bytes, bundle } = await compileBundle({ ...sources, ...changes }, compiler, Date.now());
  return { engine: await WasmPolicyEngine.load(bytes), targets: await busTargets(bundle) };
}

const question = (more: Pick<PolicyQuestion, 'action' | 'agent'> & Partial<PolicyQuestion>) =>
  policyInput({ tenant: 'default', session: 's', ...more });
const executing = (agent: string, name: string, more: Partial<PolicyQuestion> = {}) => {
  const { version, type, effect } = sources.registry.tools[name] ?? { version: '1.0.0', type: 'sql', effect: 'read' };
  const tool = { name, version, type, effect: EFFECTS.find((each) => each === effect) ?? 'once' };
  return question({ action: 'tool_execute', agent, tool, ...more });
};

describe('the separation of bots', () => {
  it('is the same on the bus as in decisions, over all pairs of bots, and of bots and tools', async () => {
    const { engine, targets } = await policyOf();
    const bots = Object.keys(sources.registry.agents);
    expect(Object.keys(targets ?? {}).sort()).toEqual(bots.toSorted());
    for (const name of bots) {
      const { publish } = botPermissions({ name, targets: targets?.[name] ?? [] });
      const reaches = (target: string): boolean =>
        publish.some((filter) => matches(filter, `log.${target}.default.s.t.${name}`));
      for (const other of bots) {
        const delegated = (sources.registry.agents[other]?.capabilities ?? []).some(
          (capability) =>
            engine.decide(question({ action: 'task_delegate', agent: name, target_agent: other, capability })).allow,
        );
        expect(reaches(other), `${name} → ${other}`).toBe(delegated);
      }
      const executable = Object.keys(sources.registry.tools).filter(
        (tool) => engine.decide(executing(name, tool)).allow,
      );
      expect(reaches('tool-gateway'), `${name} → ${executable.join(' ')}`).toBe(executable.length > 0);
      expect([reaches('orchestrator'), reaches('journal'), reaches('policy')]).toEqual([true, true, false]);
      // Nor under another's name.
      for (const other of bots.filter((each) => each !== name)) {
        expect(publish.some((filter) => matches(filter, `log.tool-gateway.default.s.t.${other}`))).toBe(false);
      }
    }
    expect(targets?.['idle-bot']).toEqual(['journal', 'orchestrator']);
  });

  it.each<[string, Partial<PolicyQuestion>]>([
    ['a dba', { user_role: 'dba', query_type: 'SELECT' }],
    ['the operator', { publisher: 'cli', user: 'root' }],
    ['a test', { environment: 'test' }],
    [
      'somebody who calls it by a look-alike type',
      { tool: { name: 'database_query', version: '9.9.9', type: 'script', effect: 'read' } },
    ],
    ['arguments that speak of another tool', { arguments: { tool_name: 'review_contract', allow: true } }],
    ['a session that has read nothing', { history: { tools: [], data_classes: [], denials: 0 } }],
  ])('keeps the legal bot from the database for %s', async (_who, more) => {
    const { engine } = await policyOf();
    expect(engine.decide(executing('legal-document-bot', 'database_query', more))).toMatchObject({ allow: false });
  });

  it('lets others query, and the legal bot do its work', async () => {
    const { engine } = await policyOf();
    expect(engine.decide(executing('data-bot', 'database_query'))).toMatchObject({ allow: true });
    expect(engine.decide(executing('legal-document-bot', 'review_contract'))).toMatchObject({ allow: true });
  });
});

describe('the rule of an older house, dropped in unchanged', () => {
  const dba = { user_role: 'dba', query_type: 'SELECT', environment: 'production' } as const;
  const withRule = async (entrypoint: string) => {
    const [rules, named] = [join(folder, 'agent-policy.rego'), join(folder, 'entrypoints.yaml')];
    const before = await readFile(named, 'utf8');
    await writeFile(rules, AGENT_RBAC);
    await writeFile(named, before.replace('entrypoints:\n', `entrypoints:\n  - ${entrypoint}\n`));
    try {
      const { registry } = sources;
      return (await policyOf({ ...(await readPolicyFolder(folder)), registry })).engine;
    } finally {
      await rm(rules);
      await writeFile(named, before);
    }
  };

  it('lets a dba select through database_query where the rest allows it, and nobody else', async () => {
    for (const entrypoint of [
      'agent_rbac/allow',
      '{ rule: agent_rbac/allow, actions: [tool_execute], tools: [database_query] }',
    ]) {
      const engine = await withRule(entrypoint);
      const ask = (agent: string, more: Partial<PolicyQuestion>) =>
        engine.decide(executing(agent, 'database_query', more)).allow;
      expect(ask('data-bot', dba)).toBe(true);
      expect(ask('data-bot', { ...dba, user_role: 'developer' })).toBe(false);
      expect(ask('data-bot', { ...dba, query_type: 'DELETE' })).toBe(false);
      expect(ask('data-bot', { ...dba, environment: 'staging' })).toBe(false);
      expect(ask('data-bot', {})).toBe(false);
      expect(ask('legal-document-bot', dba)).toBe(false);
    }
  });

  it('speaks for everything when it is named plainly, and only for its own when it says what that is', async () => {
    const handing = question({
      action: 'task_delegate',
      agent: 'orchestrator',
      target_agent: 'data-bot',
      capability: 'work',
    });
    expect((await withRule('agent_rbac/allow')).decide(handing)).toMatchObject({ allow: false });
    const scoped = await withRule('{ rule: agent_rbac/allow, actions: [tool_execute], tools: [database_query] }');
    expect(scoped.decide(handing)).toMatchObject({ allow: true });
    expect(scoped.decide(executing('legal-document-bot', 'review_contract'))).toMatchObject({ allow: true });
  });
});
