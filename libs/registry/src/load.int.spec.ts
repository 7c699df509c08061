import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadAgent, loadRegistries, loadRegistry } from './load.js';
import { MAX_MANIFEST_BYTES } from './manifest-file.js';

const tool = (name: string) => `name: ${name}
version: 1.0.0
type: process
command: [node, main.js]
schema: { input: { text: string }, output: {} }
`;
const agent = (name: string, uses: string) => `name: ${name}
version: 1.0.0
description: Does it.
domain: tests
policy_profile: default
tools: [${uses}]
capabilities: [{ name: do_it, description: Does it. }]
brain:
  type: scripted
  skills:
    do_it:
      steps: [{ id: one, tool: ${uses} }]
      output: { answer: done }
`;

let dir: string;
const put = async (path: string, text: string): Promise<string> => {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
};
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registry-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('a registry’s folder', () => {
  it('gives agents and tools from folders of their own and from single files', async () => {
    await put('tools/echo/tool.yaml', tool('echo'));
    await put('tools/count.yaml', tool('count'));
    await put('tools/echo/src/other.yaml', 'not: ours');
    await put('agents/bot/agent.yaml', agent('bot', 'echo'));
    await put('agents/other.yml', agent('other', 'count'));
    const registry = await loadRegistry(dir);
    expect(registry.problems).toEqual([]);
    expect(registry.agents.map(({ name, file }) => [name, file])).toEqual([
      ['bot', join(dir, 'agents/bot/agent.yaml')],
      ['other', join(dir, 'agents/other.yml')],
    ]);
    expect(registry.tools.map(({ name, folder }) => [name, folder])).toEqual([
      ['count', join(dir, 'tools')],
      ['echo', join(dir, 'tools/echo')],
    ]);
  });

  it('loads the rest where one file is broken, and says what is wrong with it', async () => {
    await put('tools/echo.yaml', tool('echo'));
    const broken = await put('tools/broken.yaml', 'name: [\n');
    const doubled = await put('tools/echo2.yaml', tool('echo'));
    const schema = await put(
      'tools/schema.yaml',
      tool('schema').replace('{ text: string }', '{ type: object, properties: { a: { type: text } } }'),
    );
    const binary = await put('tools/zbinary.yaml', '');
    await writeFile(binary, Uint8Array.of(0xff, 0xfe, 0x00));
    const large = await put('tools/zlarge.yaml', `${tool('large')}# ${'x'.repeat(MAX_MANIFEST_BYTES)}`);
    const registry = await loadRegistry(dir);
    expect(registry.tools.map(({ name }) => name)).toEqual(['echo']);
    expect(registry.problems.map(({ file, code }) => [file, code])).toEqual([
      [broken, 'registry/invalid-yaml'],
      [doubled, 'registry/duplicate-name'],
      [schema, 'registry/invalid-manifest'],
      [binary, 'registry/invalid-yaml'],
      [large, 'registry/unreadable'],
    ]);
    for (const problem of registry.problems) {
      expect(problem.message).toMatch(/^[^\n]+[.?]$/);
      expect(problem.next).not.toBe('');
    }
  });

  it('says which agent counts on a tool that is not there, and keeps the agent', async () => {
    const file = await put('agents/bot.yaml', agent('bot', 'nothing'));
    const registry = await loadRegistry(dir);
    expect(registry.agents).toHaveLength(1);
    expect(registry.problems).toMatchObject([
      { file, code: 'registry/unknown-tool', message: 'bot counts on the tool nothing, which is not here.' },
    ]);
  });

  it('adds what later folders have; the first of one name stays', async () => {
    await put('one/tools/echo.yaml', tool('echo'));
    await put('two/agents/bot.yaml', agent('bot', 'echo'));
    const second = await put('two/tools/echo.yaml', tool('echo'));
    const registry = await loadRegistries([join(dir, 'one'), join(dir, 'two')]);
    expect(registry.tools.map(({ file }) => file)).toEqual([join(dir, 'one/tools/echo.yaml')]);
    expect(registry.agents).toHaveLength(1);
    expect(registry.problems).toMatchObject([{ file: second, code: 'registry/duplicate-name' }]);
  });

  it('is empty without agents and tools, and a problem where it is not there', async () => {
    expect(await loadRegistry(dir)).toEqual({ agents: [], tools: [], problems: [] });
    const missing = join(dir, 'nowhere');
    expect((await loadRegistry(missing)).problems).toMatchObject([{ file: missing, code: 'registry/unreadable' }]);
  });

  it('follows links and leaves hidden files alone, as mounted configuration needs it', async () => {
    await put('.data/tool.yaml', tool('echo'));
    await put('tools/.hidden.yaml', 'junk: [');
    await symlink(join(dir, '.data'), join(dir, 'tools/echo'));
    await symlink(join(dir, 'gone'), join(dir, 'tools/broken'));
    const registry = await loadRegistry(dir);
    expect(registry.tools.map(({ name }) => name)).toEqual(['echo']);
    expect(registry.problems).toMatchObject([{ file: join(dir, 'tools/broken'), code: 'registry/unreadable' }]);
  });
});

describe('one agent’s file', () => {
  it('gives the agent, or says what stands in the way', async () => {
    const file = await put('agent.yaml', agent('bot', 'echo'));
    expect(await loadAgent(file)).toMatchObject({ name: 'bot', file });
    await expect(loadAgent(join(dir, 'missing.yaml'))).rejects.toMatchObject({ code: 'registry/unreadable' });
    await expect(loadAgent(await put('b.yaml', 'name: bot\n'))).rejects.toMatchObject({
      code: 'registry/invalid-manifest',
      message: expect.stringContaining('b.yaml:1: '),
    });
  });
});
