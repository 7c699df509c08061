// The registry of this example as a stack uses it: with the addresses of the services, and the whole policy.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './packages.mjs';

/** What stands in the manifests, and what it becomes. */
const ADDRESSES = [
  ['order-status', 'http://127.0.0.1:4780', ({ shop }) => shop],
  ['order-copy', 'http://127.0.0.1:4780', ({ shop }) => shop],
  ['refund-payment', 'http://127.0.0.1:4780', ({ shop }) => shop],
  ['book-pickup', 'https://127.0.0.1:4790', ({ carrier }) => carrier],
  ['pickup-booked', 'https://127.0.0.1:4790', ({ carrier }) => carrier],
  ['write-mail', 'port: 4725', ({ smtp }) => `port: ${smtp}`],
];

/**
 * Copies the registry into a folder. Its policies are the shipped ones with this example's beside them; a file of the
 * same name stands in for the shipped one.
 */
export async function copyRegistry(folder, addresses) {
  await cp(join(ROOT, 'deploy', 'registry', 'policies'), join(folder, 'policies'), { recursive: true });
  await cp(join(import.meta.dirname, '..', 'registry'), folder, { recursive: true });
  for (const [tool, written, meant] of ADDRESSES) {
    const file = join(folder, 'tools', tool, 'tool.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(written, meant(addresses)));
  }
}
