import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenTask } from '@voorman/agent';
import { type LoadedAgent, loadAgent, loadRegistry } from '@voorman/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brainOf } from './brains.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-brain-'));
});
afterEach(() => rm(folder, { recursive: true }));

const asked = (agent: string, action: string): OpenTask => ({
  status: 'open',
  phase: 'requested',
  agent,
  request: { action },
  ttlSeconds: 60,
  requestedAtMs: 0,
  calls: {},
});

/** The bot that the service's page shows how to declare, as a registry would load it. */
async function documented(): Promise<LoadedAgent> {
  const page = await readFile(new URL('../../../docs/services/worker-agent.md', import.meta.url), 'utf8');
  const file = join(folder, 'agent.yaml');
  await writeFile(file, /```yaml\n(name: research-bot\n[\s\S]*?)```/.exec(page)?.[1] ?? '');
  return loadAgent(file);
}

describe('the brain of a manifest', () => {
  it('takes up every capability that a shipped bot declares', async () => {
    const { agents } = await loadRegistry(new URL('../../../deploy/registry', import.meta.url).pathname);
    expect(agents.length).toBeGreaterThan(2);
    for (const agent of agents) {
      for (const { name } of agent.capabilities) {
        expect(brainOf(agent).think(asked(agent.name, name), 't1')).toEqual({ kind: 'accept', capability: name });
      }
    }
  });

  it('takes up what the bot in the documentation can do', async () => {
    const agent = await documented();
    expect(brainOf(agent).think(asked('research-bot', 'find_sources'), 't1')).toMatchObject({ kind: 'accept' });
    const executing = { ...asked('research-bot', 'find_sources'), phase: 'executing' as const };
    expect(brainOf(agent).think({ ...executing, request: { action: 'find_sources', goal: 'x' } }, 't1')).toMatchObject({
      kind: 'call',
      tool: 'search_web',
      arguments: { query: 'x', max_results: 5 },
    });
  });
});
