import type { PolicySources } from '@voorman/policy/authoring';
import { CompilerFaultError, PolicyRejectedError } from '@voorman/policy/authoring';
import { someSources } from '@voorman/policy/testing';
import { describe, expect, it } from 'vitest';
import { BundleKeeper } from './bundle-keeper.js';

/** Folders and a publisher under the test's hand; `heard` is what the operator was told. */
function keeping() {
  const heard: string[] = [];
  const world = {
    sources: someSources(),
    problems: [] as { file: string }[],
    published: 0,
    fault: undefined as unknown,
  };
  let last: PolicySources | undefined;
  const keeper = new BundleKeeper(
    async () => ({ sources: world.sources, problems: world.problems as never }),
    async (sources) => {
      world.published += 1;
      if (world.fault !== undefined) throw world.fault;
      const changed = sources !== last;
      last = sources;
      return { revision: `r${world.published}`, digest: 'sha256:x', changed };
    },
    {
      published: (bundle, changes) => heard.push(['published', bundle.revision, ...changes].join(' ')),
      refused: (fault) => heard.push((fault as Error).message),
      manifestProblems: (problems) => heard.push(`problems ${problems.length}`),
    },
  );
  return { keeper, world, heard };
}

describe('keeping the published bundle at what the folders say', () => {
  it('publishes at the first look, and then what changed', async () => {
    const { keeper, world, heard } = keeping();
    await keeper.look();
    world.sources = someSources({ 'q.rego': 'package q\n' });
    await keeper.look();
    expect(heard).toEqual(['published r1', 'published r2 file q.rego is new']);
    expect(keeper.state).toEqual({ revision: 'r2' });
  });

  it('says nothing when a look finds nothing new', async () => {
    const { keeper, heard } = keeping();
    await keeper.look();
    await keeper.look();
    expect(heard).toEqual(['published r1']);
  });

  it('says once what is wrong, and does not compile the same sources again', async () => {
    const { keeper, world, heard } = keeping();
    await keeper.look();
    world.sources = someSources({ 'p.rego': 'package' });
    world.fault = new PolicyRejectedError(['p.rego:1: unexpected eof token.']);
    await keeper.look();
    await keeper.look();
    expect(heard.slice(1)).toEqual(['The policy is not published: p.rego:1: unexpected eof token.']);
    expect(world.published).toBe(2);
    expect(keeper.state).toMatchObject({ revision: 'r1', problem: { code: 'policy/rejected' } });
  });

  it('says that all is well again when the fault is taken back', async () => {
    const { keeper, world, heard } = keeping();
    const good = world.sources;
    await keeper.look();
    world.sources = someSources({ 'p.rego': 'package' });
    world.fault = new PolicyRejectedError(['p.rego:1: unexpected eof token.']);
    await keeper.look();
    world.sources = good;
    world.fault = undefined;
    await keeper.look();
    expect(heard).toHaveLength(3);
    expect(keeper.state.problem).toBeUndefined();
  });

  it('tries again what failed for a reason that may pass', async () => {
    const { keeper, world } = keeping();
    world.fault = Object.assign(new CompilerFaultError('no memory'), { retryable: true });
    await keeper.look();
    world.fault = undefined;
    await keeper.look();
    expect(keeper.state).toEqual({ revision: 'r2' });
  });

  it('tells what of the registry cannot be used, once', async () => {
    const { keeper, world, heard } = keeping();
    world.problems = [{ file: 'tools/broken/tool.yaml' }];
    await keeper.look();
    await keeper.look();
    world.problems = [];
    await keeper.look();
    expect(heard).toEqual(['problems 1', 'published r1', 'problems 0']);
  });

  it('makes one look of those asked for while it looks', async () => {
    const { keeper, world } = keeping();
    await Promise.all([keeper.look(), keeper.look(), keeper.look(), keeper.look()]);
    expect(world.published).toBeLessThan(3);
  });

  it('survives what it did not expect, without telling its inside', async () => {
    const { keeper, world } = keeping();
    world.fault = new TypeError('secret of the inside');
    await keeper.look();
    expect(keeper.state.problem).toMatchObject({ code: 'policy/unexpected', message: 'Publishing the policy failed.' });
  });
});
