import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from './testing/command-line.js';
import { Stack } from './testing/stack.js';
import { ToolRepository } from './testing/tool-repository.js';
import { type Ended, type Occasion, Workflow } from './testing/workflow.js';

// A loaded machine starts a stack in half a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const NO_COMMIT = '0'.repeat(40);
const failed = (ended: readonly Ended[]) => ended.filter(({ code }) => code !== 0);
const said = (ended: readonly Ended[], step: RegExp) => ended.find((one) => step.test(one.step))?.out ?? '';

describe('the workflow for a registry in Git', () => {
  let workflow: Workflow;
  let team: ToolRepository;
  let first = '';
  const run = (job: string, occasion: Occasion) => workflow.run(job, occasion, team.folder, team.env);
  const pushed = (before: string): Occasion => ({
    github: { event_name: 'push', event: { before } },
    vars: { VOORMAN_DATA: team.data },
    secrets: { VOORMAN_SIGNING_KEY: team.key },
  });
  const proposed = (sha: string): Occasion => ({
    github: { event_name: 'pull_request', event: { pull_request: { base: { sha } } } },
  });

  beforeAll(async () => {
    workflow = await Workflow.read(join(ROOT, 'deploy', 'ci', 'tools.yml'));
    team = await ToolRepository.make();
    first = await team.commit((manifest) => manifest);
  });
  afterAll(() => team.remove());

  it('lets a new branch pass, which has nothing before it', async () => {
    const ended = await run('check', pushed(NO_COMMIT));
    expect(failed(ended)).toEqual([]);
    expect(said(ended, /^Check/)).toContain('1 tool checked: 0 errors');
    expect(said(ended, /^Try/)).toMatch(/^shout\n.*\nNothing broke\./);
  });

  it('stops a pull request that breaks who uses the tool, and publishes none', async () => {
    await team.commit((manifest) => manifest.replace('{ text: string }', '{ text: string, language: string }'));
    const ended = await run('check', proposed(first));
    expect(failed(ended).map(({ step }) => step)).toEqual([expect.stringMatching(/^Check/)]);
    expect(said(ended, /^Check/)).toContain('at least 2.0.0');
    expect(await run('publish', proposed(first))).toEqual([]);
  });

  it('checks what is merged, signs it, and puts it in force in the stack', async () => {
    const before = team.git('rev-parse', 'HEAD');
    await team.commit((manifest) => manifest.replace('version: 1.0.0', 'version: 2.0.0'));
    const stack = Stack.at(team.data);
    try {
      const up = await stack.run(['up', '--detach', '--relaxed', '--registry', team.registry]);
      expect(up.code, up.err).toBe(0);
      // The merge brings all that the pull request changed; the push before it was to the first commit.
      expect(failed(await run('check', pushed(first)))).toEqual([]);
      expect(failed(await run('check', pushed(before)))).toEqual([]);
      const ended = await run('publish', pushed(first));
      expect(failed(ended)).toEqual([]);
      expect(ended.map(({ step }) => step.split(/[ ;]/)[0])).toEqual(['Install', 'Sign', 'Verify', 'Publish']);
      expect(said(ended, /^Publish/)).toMatch(
        /shout 2\.0\.0 {2}signed by release team\n.*is what new sessions begin with/,
      );
      // What the workflow does not name is gone for new sessions, and it says so.
      expect(ended.at(-1)?.err).toContain('New sessions do without analyze_logs');
      const { tools } = await stack.json<{ tools: readonly unknown[] }>(['tools', 'list']);
      expect(tools).toEqual([
        expect.objectContaining({ name: 'shout', version: '2.0.0', current: true, signers: ['release team'] }),
      ]);
      expect(JSON.stringify(ended)).not.toContain('PRIVATE KEY');
    } finally {
      await stack.run(['down']);
    }
  });
});
