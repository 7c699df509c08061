import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { someSources } from '../testing/sources.js';
import { OpaCommand } from './opa-command.js';

let folder: string;
let opa: OpaCommand;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-opa-'));
  opa = await OpaCommand.locate({ scratchDir: join(folder, 'scratch') });
});
afterAll(() => rm(folder, { recursive: true }));

/** A program that stands in for `opa` from its second start on: the first is asked for its version. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\nif [ "$1" = version ]; then echo "Version: 1.22.2"; exit 0; fi\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('compiling a policy', () => {
  it('gives a program, its data and the number of tests that passed, and leaves nothing behind', async () => {
    const { wasm, data, tests } = await opa.compile(someSources(), 'r1');
    expect([...wasm.subarray(0, 4)]).toEqual([0, 97, 115, 109]);
    expect(JSON.parse(new TextDecoder().decode(data))).toEqual({ registry: someSources().registry });
    expect(tests).toBe(1);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it('has a form for an OPA beside the service, but not where rewriting an old file would change what it means', async () => {
    const old = (text: string) => opa.compile(someSources({ 'old.rego': `package old\n\n${text}\n` }), 'r1');
    const sourcesOf = async (text: string) => JSON.parse(new TextDecoder().decode((await old(text)).sources));
    expect((await sourcesOf('allow { input.a == 1 }')).sidecar.modules['old.rego']).toContain('package voorman_r1.old');
    // The formatter makes `input.x in (data.allowed == …)` of this.
    const subtle = 'import future.keywords.in\n\nallow { (input.x in data.allowed) == (count(input.l) > 0) }';
    expect(await sourcesOf(subtle)).not.toHaveProperty('sidecar');
  });

  it('reads files in folders', async () => {
    const sources = someSources({ 'more/q.rego': 'package q\n\nallow := 1 == 2\n' });
    await expect(opa.compile({ ...sources, entrypoints: [{ rule: 'q/allow' }] }, 'r1')).resolves.toHaveProperty(
      'tests',
      1,
    );
  });

  it.each([
    ['a rule that is not closed', { 'p.rego': 'package p\n\nallow if {\n' }, 'p.rego:4: unexpected eof token.'],
    ['an unknown name', { 'q.rego': 'package q\n\nallow if input.x == y\n' }, 'q.rego:3: var y is unsafe.'],
    ['an unused variable', { 'q.rego': 'package q\n\nallow if {\n\tx := 1\n}\n' }, 'q.rego:4: assigned var x unused.'],
    ['a broken test', { 'p_test.rego': 'package p_test\n\ntest_x if y\n' }, 'p_test.rego:3: var y is unsafe.'],
    [
      'a rule that is not closed, in Rego of before 1.0',
      { 'q.rego': 'package q\n\ndefault allow = false\n\nallow {\n  input.x\n' },
      'q.rego:7: unexpected eof token.',
    ],
    [
      'an unknown name, in Rego of before 1.0',
      { 'q.rego': 'package q\n\nallow { input.x == y }\n' },
      'q.rego:3: var y is unsafe.',
    ],
    [
      'a failing test',
      { 'q_test.rego': 'package q_test\n\ntest_no if 1 == 2\n' },
      'q_test.rego:3: the test test_no fails.',
    ],
    ['a rule in the place of the registry', { 'r.rego': 'package registry\n\ntools := {}\n' }, 'r.rego:3: '],
  ])('refuses %s, and says where', async (_name, files, words) => {
    await expect(opa.compile(someSources(files), 'r1')).rejects.toMatchObject({
      code: 'policy/rejected',
      message: expect.stringContaining(`The policy is not published: ${words}`),
    });
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it('shows a rule nothing of the environment of this service', async () => {
    const test = 'package q_test\n\ntest_env if object.keys(opa.runtime().env) == {"PATH"}\n';
    await expect(opa.compile(someSources({ 'q_test.rego': test }), 'r1')).resolves.toHaveProperty('tests', 2);
  });

  it('refuses an entry point that is no rule', async () => {
    await expect(opa.compile({ ...someSources(), entrypoints: [{ rule: 'p/nothing' }] }, 'r1')).rejects.toThrow(
      'entrypoint "p/nothing" does not refer to a rule',
    );
  });

  it('runs the tests over the registry that is published', async () => {
    const test = 'package q_test\n\ntest_there_is_a_bot if data.registry.agents.bot\n';
    await expect(opa.compile(someSources({ 'q_test.rego': test }), 'r1')).resolves.toHaveProperty('tests', 2);
    const empty = { ...someSources({ 'q_test.rego': test }), registry: { agents: {}, tools: {} } };
    await expect(opa.compile(empty, 'r1')).rejects.toThrow('test_there_is_a_bot fails');
  });

  it.each([
    ['dies', 'kill -9 $$', 'was stopped before it ended'],
    ['fails without a reason', 'exit 3', 'ended with 3: it gave no reason'],
    ['takes too long', 'exec sleep 60', 'was stopped before it ended'],
    ['says something that is no report', 'echo "out of memory" >&2; exit 2', 'ended with 2: out of memory'],
  ])('tells a compiler that %s from a policy that is wrong', async (name, script, words) => {
    const path = await program(`opa-that-${name.replaceAll(' ', '-')}`, script);
    const broken = await OpaCommand.locate({ opa: path, scratchDir: folder, timeoutMs: 500 });
    await expect(broken.compile(someSources(), 'r1')).rejects.toMatchObject({
      code: 'policy/compiler-fault',
      message: expect.stringContaining(words),
    });
  });
});
