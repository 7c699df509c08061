import { type Bundle, busTargets, decodeBundle, PolicyStore } from '@voorman/policy';
import type { Command } from 'commander';
import { type Client, withClient } from '../../client/connection.js';
import { publications } from '../../client/decision-history.js';
import { NameError } from '../../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from '../context.js';
import { tellInForce } from './news.js';
import { requireTrustedHere } from './signatures.js';

/** `voorman policy rollback`: a policy that was in force before is in force again. */
export const rollback = (act: Act): Command =>
  examples(
    command('rollback', 'put a policy in force that was so before')
      .argument('[revision]', 'which one (default: the one before the present one)')
      .action((revision: string | undefined, options: CommonOptions) =>
        act(() => goBack(contextOf(options), revision)),
      ),
    './voorman policy rollback',
    './voorman policy rollback 3f1a5c7d9e0b2468',
  );

async function goBack({ data, terminal }: Context, wanted: string | undefined): Promise<number> {
  return await withClient(data, async (client) => {
    const store = new PolicyStore(client.bus.bundles);
    const revision = wanted ?? (await before(client, store));
    const bytes = await store.get(revision);
    if (bytes === undefined) {
      const kept = (await store.revisions()).map((each) => each.revision);
      throw new NameError(`No policy of the revision ${revision} is kept.`, `These are: ${kept.join(', ') || 'none'}.`);
    }
    await requireTrustedHere(data, client.stack, bytes);
    const bundle: Bundle = await store.publish(bytes);
    return await tellInForce(terminal, client.stack, { revision, digest: bundle.digest }, await busTargets(bundle));
  });
}

/** The last revision that the log names before the present one. @throws {NameError} there was none. */
async function before(client: Client, store: PolicyStore): Promise<string> {
  const bytes = await store.current();
  const now = bytes === undefined ? undefined : decodeBundle(bytes).manifest.revision;
  const last = (await publications(client.bus.log)).findLast((each) => each.revision !== now);
  if (last !== undefined) return last.revision;
  throw new NameError('There was no other policy before the present one.', 'Push one with: ./voorman policy push DIR');
}
