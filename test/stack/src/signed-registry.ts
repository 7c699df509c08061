import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareTool, RegistryStore, signTool, toPublish } from '@voorman/distribution';
import { OPERATOR } from '@voorman/envelope';
import { connectLog } from '@voorman/log/jetstream';
import type { TestServer } from '@voorman/log/testing';
import { loadRegistries } from '@voorman/registry';
import { ensureSigningKey } from '@voorman/signing';

/** The data folder of a server's services. */
export const servicesFolder = (server: TestServer): string => join(server.dataDir, 'services');

/**
 * Makes a key that the services of this server trust, and publishes the tools of these folders under it, as `voorman up`
 * does before it starts services. @throws {Error} naming every manifest that cannot be used.
 */
export async function publishRegistry(server: TestServer, folders: readonly string[]): Promise<void> {
  const data = servicesFolder(server);
  await mkdir(join(data, 'trust'), { recursive: true });
  await mkdir(join(data, 'keys'), { recursive: true });
  const key = await ensureSigningKey(join(data, 'keys', 'signing.pem'));
  const root = {
    name: 'this test',
    public_key: key.publicKey,
    valid_from: new Date(Date.now() - 60_000).toISOString(),
    valid_until: new Date(Date.now() + 86_400_000).toISOString(),
    purposes: ['tools', 'policy'],
  };
  // JSON is YAML.
  await writeFile(join(data, 'trust', 'test.yaml'), JSON.stringify(root));
  const registry = await loadRegistries(folders);
  if (registry.problems.length > 0) throw new Error(JSON.stringify(registry.problems));
  const tools = await Promise.all(registry.tools.map(async (tool) => signTool(await prepareTool(tool), [key])));
  const credentials = server.credentialsFor(OPERATOR);
  if (!('nkeySeed' in credentials)) throw new Error('the operator has no key');
  const bus = await connectLog({ servers: [server.url], name: OPERATOR, credentials });
  try {
    await new RegistryStore(bus.bundles).publish(tools.map(toPublish), 'a test', Date.now());
  } finally {
    await bus.close();
  }
}
