import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPolicyFolder } from './policy-folder.js';

let folder: string;
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-policies-'));
  await write('p.rego', 'package p\n');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a policy folder', () => {
  it('names its entry points plainly, or with what they speak for', async () => {
    await write(
      'entrypoints.yaml',
      `permissions: house/bus/targets
entrypoints:
  - voorman/authz/decision
  - { rule: agent_rbac/allow, actions: [tool_execute], tools: [database_query] }
`,
    );
    expect(await readPolicyFolder(folder)).toMatchObject({
      permissions: 'house/bus/targets',
      entrypoints: [
        { rule: 'voorman/authz/decision' },
        { rule: 'agent_rbac/allow', actions: ['tool_execute'], tools: ['database_query'] },
      ],
    });
  });

  it('holds Rego and data at any depth, and leaves other files alone', async () => {
    await write('entrypoints.yaml', 'entrypoints: [p/allow]\n');
    await write('team/limits.yaml', 'rows: 10\n');
    await write('team/q.rego', 'package q\n');
    await write('README.md', 'not data\n');
    const { files, data } = await readPolicyFolder(folder);
    expect(files.map((file) => file.path)).toEqual(['p.rego', 'team/q.rego']);
    expect(data).toEqual({ team: { rows: 10 } });
  });

  it.each([
    ['an entry point that is none', 'entrypoints: [data.p.allow]\n'],
    ['an action that is none', 'entrypoints: [{rule: p/allow, actions: [tool_execut]}]\n'],
    ['a scope without anything in it', 'entrypoints: [{rule: p/allow, tools: []}]\n'],
    ['a field that nobody knows', 'entrypoints: [{rule: p/allow, agents: [x]}]\n'],
    ['one entry point twice', 'entrypoints: [p/allow, {rule: p/allow, tools: [x]}]\n'],
    ['one name twice', 'entrypoints: [p/allow]\nentrypoints: [p/deny]\n'],
    ['no entry point', 'entrypoints: []\n'],
  ])('is refused when it names %s', async (_name, text) => {
    await write('entrypoints.yaml', text);
    await expect(readPolicyFolder(folder)).rejects.toMatchObject({
      code: 'policy/rejected',
      message: expect.stringContaining('entrypoints.yaml'),
    });
  });
});
