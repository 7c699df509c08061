import { decodeBundle, PolicyStore } from '@voorman/policy';
import type { Command } from 'commander';
import { withClient } from '../../client/connection.js';
import { EXIT } from '../../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from '../context.js';
import { enforcementPoints } from './in-force.js';

/** `voorman policy status`: what was published, and what each enforcement point decides by. */
export const policyStatus = (act: Act): Command =>
  examples(
    command(
      'status',
      'show which policy is in force, where; exit code 1 where an enforcement point decides by another',
    ).action((options: CommonOptions) => act(() => show(contextOf(options)))),
    './voorman policy status',
  );

async function show({ data, terminal }: Context): Promise<number> {
  return await withClient(data, async (client) => {
    const store = new PolicyStore(client.bus.bundles);
    const [bytes, kept, points] = await Promise.all([
      store.current(),
      store.revisions(),
      enforcementPoints(client.stack),
    ]);
    const published = bytes === undefined ? undefined : decodeBundle(bytes);
    const revision = published?.manifest.revision ?? null;
    const isEverywhere = revision !== null && points.every((point) => point.revision === revision);
    terminal.document({
      revision,
      digest: published?.digest ?? null,
      created_at: published?.manifest.created_at ?? null,
      compiler: published?.manifest.compiler ?? null,
      entrypoints: published?.entrypoints ?? [],
      signatures: published?.signatures.map((each) => each.keyid) ?? [],
      everywhere: isEverywhere,
      enforcement_points: points,
      kept,
    });
    if (published === undefined) terminal.line('No policy is published: everything is refused.');
    else terminal.line(`Published: ${revision} of ${published.manifest.created_at}, by ${published.manifest.compiler}`);
    for (const point of points) {
      const mark = point.revision === revision ? '' : '  (not what is published)';
      terminal.line(`  ${point.name} ${point.replica}: ${point.revision ?? 'none'}${mark}`);
    }
    terminal.line(`Kept: ${kept.map((each) => each.revision).join(', ') || 'none'}`);
    return isEverywhere ? EXIT.ok : EXIT.fault;
  });
}
