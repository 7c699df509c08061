import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './testing/command-line.js';

const TOOLS = join(ROOT, 'deploy', 'registry', 'tools');

/** Folders that a build or an installation leaves in a tool's own; a signed tool is shipped without them. */
const LEFT_OUT = ['node_modules', 'dist', 'reports'];

/** Runs a program and hands it one document. */
async function answerOf(folder: string, [program = '', ...args]: readonly string[], input: string) {
  const child = spawn(program === 'node' ? process.execPath : program, args, { cwd: folder, env: {} });
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((settle) => child.once('close', settle)),
  ]);
  return { code, out, err };
}

describe('a tool of the registry', async () => {
  const names = await readdir(TOOLS);
  let alone = '';

  beforeAll(async () => {
    alone = await mkdtemp(join(tmpdir(), 'voorman-tools-'));
    for (const name of names) {
      const filter = (path: string) => !LEFT_OUT.includes(basename(path)) && !path.endsWith('.spec.ts');
      await cp(join(TOOLS, name), join(alone, name), { recursive: true, filter });
    }
  });
  afterAll(() => rm(alone, { recursive: true, force: true }));

  it.for(names)('needs nothing but its own folder and Node: %s', async (name) => {
    const manifest = await readFile(join(alone, name, 'tool.yaml'), 'utf8');
    const command =
      /^command: \[(.+)\]$/m
        .exec(manifest)?.[1]
        ?.split(',')
        .map((word) => word.trim()) ?? [];
    const { code, out, err } = await answerOf(join(alone, name), command, '{}');
    expect(err).not.toContain('ERR_MODULE_NOT_FOUND');
    expect(JSON.parse(out)).toMatchObject({ error: { code: `${name}/bad-input`, message: expect.any(String) } });
    expect(code).toBe(1);
  });
});
