import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSources } from './registry-folder.js';

const FILES = {
  'policies/entrypoints.yaml': 'entrypoints: [p/decision]\n',
  'policies/p.rego': 'package p\n',
  'policies/deep/q.rego': 'package q\n',
  'policies/notes.md': 'not a rule\n',
  'tools/search-web/tool.yaml': `name: search_web
version: 1.2.0
type: api
endpoint: https://internal-api.corp/v1/search
method: POST
schema:
  input: { query: string, max_results: integer }
  output: { results: array, total_count: integer }
`,
};

let folder: string;
const folders = () => ({ policiesDir: join(folder, 'policies'), registryDir: folder });
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-registry-'));
  for (const [path, text] of Object.entries(FILES)) await write(path, text);
});
afterEach(() => rm(folder, { recursive: true }));

describe('the folders of a policy', () => {
  it('give every Rego file by its path, the entry points, and what the manifests say', async () => {
    const { sources, problems } = await readSources(folders());
    expect(sources.files).toEqual([
      { path: 'deep/q.rego', text: 'package q\n' },
      { path: 'p.rego', text: 'package p\n' },
    ]);
    expect(sources.entrypoints).toEqual([{ rule: 'p/decision' }]);
    expect(sources.registry.tools).toEqual({ search_web: { version: '1.2.0', type: 'api', effect: 'once' } });
    expect(problems).toEqual([]);
  });

  it('give a broken manifest as a problem and go on without it', async () => {
    await write('tools/broken/tool.yaml', 'name: [\n');
    const { sources, problems } = await readSources(folders());
    expect(Object.keys(sources.registry.tools)).toEqual(['search_web']);
    expect(problems).toMatchObject([{ file: join(folder, 'tools/broken/tool.yaml') }]);
  });

  it('may be mounted through links, whose hidden versions are not read twice', async () => {
    await cp(join(folder, 'policies'), join(folder, 'mounted/..2026_11_21'), { recursive: true });
    await symlink('..2026_11_21', join(folder, 'mounted/..data'));
    for (const name of ['p.rego', 'deep', 'entrypoints.yaml']) {
      await symlink(`..data/${name}`, join(folder, 'mounted', name));
    }
    const { sources } = await readSources({ policiesDir: join(folder, 'mounted'), registryDir: folder });
    expect(sources.files.map((file) => file.path)).toEqual(['deep/q.rego', 'p.rego']);
  });

  it.each([
    [
      'has no rule',
      () => rm(join(folder, 'policies'), { recursive: true }).then(() => mkdir(join(folder, 'policies'))),
      'policy/unreadable',
    ],
    ['is not there', () => rm(join(folder, 'policies'), { recursive: true }), 'policy/unreadable'],
    ['holds a link to nothing', () => symlink('nowhere', join(folder, 'policies/r.rego')), 'policy/unreadable'],
    ['holds a link to itself', () => symlink('.', join(folder, 'policies/again')), 'policy/unreadable'],
    ['names no entry points', () => rm(join(folder, 'policies/entrypoints.yaml')), 'policy/unreadable'],
    [
      'names an entry point in another way',
      () => write('policies/entrypoints.yaml', 'entrypoints: [data.p]\n'),
      'policy/rejected',
    ],
    [
      'holds a rule that is no text',
      () => writeFile(join(folder, 'policies/r.rego'), new Uint8Array([255])),
      'policy/unreadable',
    ],
  ])('are refused when the policy folder %s', async (_name, spoil, code) => {
    await spoil();
    await expect(readSources(folders())).rejects.toMatchObject({ code });
  });
});
