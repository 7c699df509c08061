import { OPERATOR } from '@voorman/envelope';
import { connectLog } from '@voorman/log/jetstream';
import type { LoadedTool } from '@voorman/registry';
import { memberPaths } from '../stack/bus-certificates.js';
import { readSeed } from '../stack/child.js';
import type { DataFolder } from '../stack/data-folder.js';
import type { NatsState } from '../stack/state-file.js';
import { prepareTools, publishTools, signLocally } from './local-registry.js';
import { localSigner } from './local-signer.js';

/**
 * Signs the tools of a starting stack with the key of this machine and publishes them, before there are services.
 * @param say is told of each tool that cannot be published; it is left out, and the others go.
 */
export async function publishAtStart(
  data: DataFolder,
  nats: NatsState,
  tools: readonly LoadedTool[],
  say: (line: string) => void,
): Promise<void> {
  const [key, prepared] = await Promise.all([localSigner(data), prepareTools(tools)]);
  for (const problem of prepared.problems) say(`Left out: ${problem}`);
  const signed = await signLocally(data, key, prepared.tools);
  const bus = await connectLog({
    servers: [nats.url],
    name: OPERATOR,
    credentials: { nkeySeed: await readSeed(data, OPERATOR) },
    connectWithinMs: 5_000,
    ...(nats.tls === true ? { tls: memberPaths(data, OPERATOR) } : {}),
  });
  try {
    const { revision } = await publishTools(bus.bundles, signed, 'voorman up');
    say(`The registry is published: revision ${revision}, ${signed.length} tools signed by this machine`);
  } finally {
    await bus.close();
  }
}
