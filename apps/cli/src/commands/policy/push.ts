import { busTargets, PolicyStore } from '@voorman/policy';
import { compileBundle } from '@voorman/policy/authoring';
import type { Command } from 'commander';
import { withClient } from '../../client/connection.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples } from '../context.js';
import { tellInForce } from './news.js';
import { orRejected } from './rejection.js';
import { requireTrustedHere, signedBundle } from './signatures.js';
import { compiler, findSources } from './sources.js';

interface PushOptions extends CommonOptions {
  readonly key: readonly string[];
}

/** `voorman policy push`: a folder becomes the policy of the running stack. */
export const push = (act: Act): Command =>
  examples(
    command('push', 'test a policy folder and put it in force, in every enforcement point, without a restart')
      .argument('[dir]', 'the policy folder (default: that of the stack)')
      .option('--key <file>', 'sign with this key, may be repeated (default: the key of this machine)', each, [])
      .action((dir: string | undefined, options: PushOptions) =>
        act(() => publish(contextOf(options), dir, options.key)),
      ),
    './voorman policy push',
    './voorman policy push my-policies --json',
  );

async function publish({ data, terminal }: Context, dir: string | undefined, keys: readonly string[]): Promise<number> {
  return await orRejected(terminal, async () => {
    const { sources } = await findSources(data, dir);
    const { bytes, bundle, tests } = await compileBundle(sources, await compiler(), Date.now());
    const { revision } = bundle.manifest;
    return await withClient(data, async (client) => {
      terminal.line(`${tests} tests passed. Revision ${revision} is being published.`);
      const signed = await signedBundle(data, bytes, keys);
      await requireTrustedHere(data, client.stack, signed);
      await new PolicyStore(client.bus.bundles).publish(signed);
      return await tellInForce(
        terminal,
        client.stack,
        { revision, digest: bundle.digest, tests },
        await busTargets(bundle),
      );
    });
  });
}
