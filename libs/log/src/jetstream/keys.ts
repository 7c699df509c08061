import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createUser, fromSeed } from '@nats-io/nkeys';
import { type Token, VoormanError } from '@voorman/envelope';
import { keptFile } from '@voorman/files';
import type { BusIdentities } from './accounts.js';
import { insiders, requireTopology, type Topology } from './topology.js';

/** What somebody shows to the server; `connectLog` takes it as it is. A seed and a password are secrets. */
export type Credentials =
  | { readonly name: Token; readonly nkeySeed: string }
  | { readonly name: Token; readonly user: string; readonly password: string };

/** The secrets of everyone in a topology, and what the server must know of them. */
export interface BusKeys {
  readonly identities: BusIdentities;
  readonly provisioner: Credentials;
  readonly system: Credentials;
  /** @throws {UnknownParticipantError} nobody in the topology has this name. */
  credentialsFor(name: Token): Credentials;
}

/** Nobody of this name takes part. */
export class UnknownParticipantError extends VoormanError {
  readonly code = 'log/unknown-participant';
  readonly next = 'Use the name of a service, a bot, a publisher or the operator of this stack.';

  constructor(name: string) {
    super(`Nobody called "${name.slice(0, 80)}" takes part in this stack.`);
  }
}

/** A key file that was cut off or changed. */
export class KeyFileError extends VoormanError {
  readonly code = 'log/key-file';
  readonly next = 'Restore the file, or delete it and start the stack again: a new key is made.';

  constructor(file: string, options?: ErrorOptions) {
    super(`${file} holds no usable key.`, options);
  }
}

/**
 * Reads the secrets of a topology from a folder and makes those that are missing; existing ones never change, so whoever
 * runs on one goes on. Folder 0700, one file of 0600 each. Several processes may do this at once.
 * @throws {KeyFileError} @throws {InvalidTopologyError}
 */
export async function keepKeys(folder: string, topology: Topology): Promise<BusKeys> {
  requireTopology(topology);
  for (const part of ['', 'users', 'publishers']) await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
  const provisioner = await keepSeed(join(folder, 'provisioner.nk'));
  const system = await keepSeed(join(folder, 'system.nk'));
  const credentials = new Map<Token, Credentials>();
  const users: Record<Token, string> = {};
  const publishers: Record<Token, string> = {};
  for (const name of insiders(topology)) {
    const key = await keepSeed(join(folder, 'users', `${name}.nk`));
    users[name] = key.publicKey;
    credentials.set(name, { name, nkeySeed: key.seed });
  }
  for (const { name } of topology.publishers) {
    const password = await keepPassword(join(folder, 'publishers', `${name}.password`));
    publishers[name] = password;
    credentials.set(name, { name, user: name, password });
  }
  return {
    identities: { provisioner: provisioner.publicKey, system: system.publicKey, users, publishers },
    provisioner: { name: 'provisioner', nkeySeed: provisioner.seed },
    system: { name: 'system', nkeySeed: system.seed },
    credentialsFor(name) {
      const found = credentials.get(name);
      if (found === undefined) throw new UnknownParticipantError(name);
      return found;
    },
  };
}

async function keepSeed(file: string): Promise<{ seed: string; publicKey: string }> {
  const seed = await keep(file, () => new TextDecoder().decode(createUser().getSeed()));
  try {
    return { seed, publicKey: fromSeed(new TextEncoder().encode(seed)).getPublicKey() };
  } catch (cause) {
    throw new KeyFileError(file, { cause });
  }
}

async function keepPassword(file: string): Promise<string> {
  const password = await keep(file, () => randomBytes(24).toString('base64url'));
  if (!/^[A-Za-z0-9_-]{22,}$/.test(password)) throw new KeyFileError(file);
  return password;
}

/** The text of a file that is made at its first use, without the line's end. */
const keep = async (file: string, make: () => string): Promise<string> =>
  (await keptFile(file, () => `${make()}\n`)).trim();
