// Everything that this example needs, in a folder of its own, until Ctrl-C: PostgreSQL, a mailbox, a shop, a carrier, and
// a stack.
// Run it with start.sh, which installs and builds first. Options: --data DIR (kept afterwards), --json (one document).
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startCarrier } from './services/carrier.mjs';
import { startDatabase } from './services/database.mjs';
import { startMailbox } from './services/mailbox.mjs';
import { ROOT } from './services/packages.mjs';
import { copyRegistry } from './services/registry.mjs';
import { startShop } from './services/shop.mjs';

const { values: options } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean' } } });

const folder = options.data === undefined ? await mkdtemp(join(tmpdir(), 'voorman-leash-')) : resolve(options.data);
const data = join(folder, 'data');
const registry = join(folder, 'registry');
const ends = options.data === undefined ? [() => rm(folder, { recursive: true, force: true })] : [];
const say = (line) => options.json || console.log(line);

/** A command of the stack, with what its tools need in the environment. */
const voorman = (args, env = process.env) =>
  promisify(execFile)(process.execPath, [join(ROOT, 'apps/cli/dist/main.js'), ...args, '--data', data], { env });

async function start() {
  await mkdir(data, { recursive: true, mode: 0o700 });
  say('Starting PostgreSQL, a mailbox, a shop and a carrier…');
  const token = randomBytes(16).toString('hex');
  // Shaped like a cloud provider's key, and made up: whoever finds it in a record or a log has found a fault.
  const planted = `AKIA${[...randomBytes(16)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`;
  const database = await startDatabase(folder);
  ends.push(database.stop);
  const mailbox = await startMailbox();
  ends.push(mailbox.stop);
  const carrier = await startCarrier(data);
  ends.push(carrier.stop);
  const { pickups, lookups } = carrier;
  const shop = await startShop({ token, planted, beside: { mails: mailbox.mails, pickups, lookups } });
  ends.push(shop.stop);
  await copyRegistry(registry, { shop: shop.url, carrier: carrier.url, smtp: mailbox.port });
  say('Starting the stack…');
  ends.push(() => voorman(['down']));
  await voorman(['up', '--detach', '--registry', registry], {
    ...process.env,
    LEASH_DATABASE: database.address,
    LEASH_SHOP_TOKEN: token,
    VOORMAN_POLICIES: join(registry, 'policies'),
  });
  return { data, registry, shop: shop.url, carrier: carrier.url, planted };
}

async function stop() {
  for (const end of ends.reverse()) await end().catch((fault) => console.error(String(fault.stderr ?? fault)));
}

const interrupted = new Promise((settle) => {
  process.once('SIGINT', settle);
  process.once('SIGTERM', settle);
});

try {
  const started = await start();
  if (options.json) console.log(JSON.stringify(started));
  say(`\nThe stack is up. In another terminal:\n\n  export VOORMAN_DATA=${data}`);
  say('  ./voorman run "Track order 4711" --action track_order');
  say(`\nWhat the services took in (refunds, mails, pickups): curl -s ${started.shop}/received`);
  say(`The carrier, which serves nobody without a certificate: curl -k ${started.carrier}`);
  say('\nREADME.md has more to try. Press Ctrl-C to end everything.');
  await interrupted;
  say('Ending…');
} catch (fault) {
  console.error(String(fault.stderr || fault));
  process.exitCode = 1;
}
await stop();
