import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRegistry, type Registry } from '@voorman/registry';
import { locateTool } from '@voorman/tools';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { busTargetsAtStart, keepBusTargets } from './bus-targets.js';
import { type DataFolder, dataFolder, ROOT } from './data-folder.js';
import { topologyOf } from './participants.js';

let opa: string;
let registry: Registry;
beforeAll(async () => {
  opa = (await locateTool('opa')).path;
  registry = await loadRegistry(join(ROOT, 'deploy', 'registry'));
});

let folder: string;
let policies: string;
let data: DataFolder;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-bus-'));
  policies = join(folder, 'policies');
  data = dataFolder(folder);
  said = [];
  await cp(join(ROOT, 'deploy', 'registry', 'policies'), policies, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const targets = () => busTargetsAtStart(data, policies, registry, opa, (line) => said.push(line));
const bot = 'legal-document-bot';

describe('whom bots may address on the bus', () => {
  it('says the policy folder', async () => {
    expect((await targets())?.[bot]).toEqual(['journal', 'orchestrator', 'tool-gateway']);
    expect(said).toEqual([]);
  });

  it('is what was pushed, until the folder changes', async () => {
    await targets();
    await keepBusTargets(data, { [bot]: ['orchestrator'] });
    expect((await targets())?.[bot]).toEqual(['orchestrator']);
    await writeFile(join(policies, 'more.rego'), 'package more\n');
    expect((await targets())?.[bot]).toEqual(['journal', 'orchestrator', 'tool-gateway']);
  });

  it('stays what it was when the folder cannot be used', async () => {
    await targets();
    await keepBusTargets(data, { [bot]: ['orchestrator'] });
    await writeFile(join(policies, 'broken.rego'), 'package broken\n\nallow if {\n');
    expect((await targets())?.[bot]).toEqual(['orchestrator']);
    expect(said[0]).toContain('The bus goes by the policy before.');
  });

  it('is the least where the folder never could be used', async () => {
    await rm(join(policies, 'entrypoints.yaml'));
    expect((await targets())?.[bot]).toEqual(['orchestrator', 'journal']);
    expect(said[0]).toContain('the least that bots need');
  });

  it('is left to the bus where policy says nothing about it', async () => {
    await writeFile(join(policies, 'entrypoints.yaml'), 'entrypoints: [voorman/authz/decision]\n');
    expect(await targets()).toBeUndefined();
  });

  it('is the least for a bot that policy does not name', () => {
    const { bots } = topologyOf(registry, [], {});
    expect(bots.every((each) => each.targets?.join() === 'orchestrator,journal')).toBe(true);
  });
});
