import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadRegistry } from '@voorman/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../stack/data-folder.js';
import { checkTools } from './check-tools.js';

const lookup = `name: lookup
version: 1.2.0
description: Looks something up.
type: process
effect: read
command: [node, main.mjs]
schema:
  input: { query: string, max?: integer }
  output: { found: boolean }
`;
const agent = `name: data-bot
version: 1.0.0
description: Looks things up.
domain: examples
capabilities: [{ name: look, description: Looks., keywords: [look] }]
tools: [lookup]
policy_profile: reader
brain: { type: scripted, skills: { look: { steps: [{ id: a, tool: lookup, args: { query: x } }], output: { answer: x } } } }
`;

describe('checking tools', () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const change = async (path: string, from: string, to: string) => {
    const text = await readFile(join(folder, path), 'utf8');
    expect(text).toContain(from);
    await put(path, text.replace(from, to));
  };
  const manifest = 'tools/lookup/tool.yaml';
  /** What is found, without notes, as one line each; the folder is then as it was committed. */
  const findings = async () => {
    const registry = await loadRegistry(folder);
    const found = await checkTools({
      folders: [folder],
      registry,
      tools: registry.tools,
      against: 'HEAD',
      withProblems: true,
    });
    git('checkout', '-q', '.');
    git('clean', '-qfd');
    return found
      .filter(({ level }) => level !== 'note')
      .map(({ level, tool, check, message }) => `${level} ${tool} ${check}: ${message.replaceAll(folder, '')}`);
  };

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'voorman-check-')));
    git('init', '-q');
    await put(manifest, lookup);
    await put('tools/lookup/main.mjs', 'process.exit(0);\n');
    await put('tools/lookup/main.spec.mjs', '');
    await put('tools/lookup/words.txt', 'one\n');
    await put('agents/data-bot/agent.yaml', agent);
    await cp(join(ROOT, 'deploy/registry/policies'), join(folder, 'policies'), { recursive: true });
    git('add', '.');
    git('commit', '-qm', 'first');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('finds nothing in a registry that is as it was', async () => {
    expect(await findings()).toEqual([]);
  });

  it('asks for a major version where an input breaks, and is content with one', async () => {
    await change(manifest, 'max?: integer', 'maximum?: integer');
    await change(manifest, '1.2.0', '1.3.0');
    expect(await findings()).toEqual([
      'error lookup version: 1.2.0 → 1.3.0 is too little: a major step is needed, at least 2.0.0. major: input /max is no longer taken. Was it renamed to maximum? minor: input /maximum is new.',
    ]);
    await change(manifest, 'max?: integer', 'maximum?: integer');
    await change(manifest, '1.2.0', '2.0.0');
    expect(await findings()).toEqual([]);
  });

  it('asks for a minor version where more is taken, and a patch where a file of the tool changes', async () => {
    await change(manifest, 'max?: integer', 'max?: integer, min?: integer');
    expect((await findings())[0]).toMatch(/a minor step is needed, at least 1\.3\.0\. minor: input \/min is new\.$/);
    await change('tools/lookup/main.mjs', '0', '1');
    expect((await findings())[0]).toMatch(/a patch step is needed, at least 1\.2\.1\. patch: main\.mjs changed\.$/);
    await put('tools/lookup/more.mjs', '');
    expect((await findings())[0]).toMatch(/patch: more\.mjs changed\.$/);
    await rm(join(folder, 'tools/lookup/words.txt'));
    expect((await findings())[0]).toMatch(/patch: words\.txt changed\.$/);
    // What is no part of the tool asks for nothing, there or gone.
    await put('tools/lookup/more.spec.mjs', '');
    await rm(join(folder, 'tools/lookup/main.spec.mjs'));
    expect(await findings()).toEqual([]);
  });

  it('finds what a tool refers to and is not there, or not what it has to be', async () => {
    await change(manifest, 'main.mjs', 'gone.mjs');
    await change(manifest, 'version: 1.2.0', 'version: 1.2.1\nfallback: other\nprobe: { tool: other }');
    expect(await findings()).toEqual([
      'error lookup reference: fallback: there is no tool other.',
      'error lookup reference: probe: there is no tool other.',
      'error lookup reference: command: there is no gone.mjs in the tool’s folder.',
    ]);
    await change(manifest, 'version: 1.2.0', 'version: 1.2.1\nfallback: other\nprobe: { tool: other }');
    await put(
      'tools/other.yaml',
      lookup
        .replace('name: lookup', 'name: other')
        .replace('found: boolean', 'found: string')
        .replace('effect: read', 'effect: once')
        .replace('max?: integer', 'max: integer')
        .replace('main.mjs', '-v'),
    );
    expect(await findings()).toEqual([
      'error lookup reference: fallback: other may answer what lookup does not promise, at /found.',
      'warning lookup reference: fallback: other does not take every input of lookup, at /max.',
      'error lookup reference: probe: other has the effect once; a probe only reads.',
      'error lookup reference: probe: the output of other does not promise happened: boolean.',
    ]);
  });

  it('warns of an agent that lists a tool which policy keeps from it', async () => {
    await change(manifest, 'effect: read', 'effect: once');
    await change(manifest, '1.2.0', '2.0.0');
    expect(await findings()).toEqual([
      'warning lookup policy: data-bot lists it and policy refuses: The profile reader allows no tool of type process and effect once.',
    ]);
  });

  it('tells broken manifests and names that read alike', async () => {
    await put('tools/broken.yaml', 'name: x\nversion: 1\n');
    await put('tools/l00kup.yaml', lookup.replace('name: lookup', 'name: l00kup').replace('main.mjs', '-v'));
    const found = await findings();
    expect(found[0]).toMatch(/^error \S*\/tools\/broken\.yaml:\d+ schema: /);
    expect(found).toContain('error l00kup name: It reads like lookup, and one would be called for the other.');
  });
});
