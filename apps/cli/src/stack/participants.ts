import { isToken } from '@voorman/envelope';
import { writeWhole } from '@voorman/files';
import { CORE_SERVICES, OPERATOR, type PublisherUser, type Topology } from '@voorman/log/jetstream';
import type { BusTargets } from '@voorman/policy';
import type { Registry } from '@voorman/registry';
import { z } from 'zod';
import { NameError } from '../errors.js';
import { LEAST_TARGETS } from './bus-targets.js';
import type { DataFolder } from './data-folder.js';
import { readJson } from './json-file.js';

const Publishers = z.array(z.object({ name: z.string(), tenant: z.string(), roles: z.array(z.string()).optional() }));

/** A publisher, and the roles that it may say its people have. */
export type GrantedPublisher = PublisherUser & { readonly roles?: readonly string[] | undefined };

/**
 * Who takes part in this stack: the core services, the registry's bots, and everyone who was given access.
 * @param targets whom each bot may address, as policy says; a bot that it does not name reaches what every bot needs.
 *   Absent: policy says nothing about that.
 */
export const topologyOf = (
  registry: Pick<Registry, 'agents'>,
  publishers: readonly PublisherUser[],
  targets?: BusTargets,
): Topology => ({
  services: CORE_SERVICES,
  bots: registry.agents.map(({ name }) =>
    targets === undefined ? { name } : { name, targets: targets[name] ?? LEAST_TARGETS },
  ),
  publishers,
});

/** The outside publishers of a data folder. */
export async function readPublishers(data: DataFolder): Promise<GrantedPublisher[]> {
  return Publishers.parse((await readJson(data.publishers)) ?? []);
}

export const writePublishers = (data: DataFolder, publishers: readonly GrantedPublisher[]): Promise<void> =>
  writeWhole(data.publishers, `${JSON.stringify(publishers, null, 2)}\n`);

/**
 * The publishers together with a new one; the same array where it is there already.
 * @throws {NameError} the name is none, belongs to somebody inside, or to the same name in another tenant.
 */
export function withPublisher(topology: Topology, wanted: PublisherUser): readonly PublisherUser[] {
  const { name, tenant } = wanted;
  for (const token of [name, tenant]) {
    if (isToken(token)) continue;
    throw new NameError(`"${token.slice(0, 80)}" is not a valid name.`, 'Use 1 to 64 of A-Z, a-z, 0-9, _ and -.');
  }
  const folded = name.toLowerCase();
  const inside = [...topology.services, ...topology.bots].map((each) => each.name);
  if ([...inside, ...RESERVED].some((each) => each.toLowerCase() === folded)) {
    throw new NameError(
      `${name} is the name of a service or a bot; nobody outside may bear it.`,
      'Choose another name for the publisher.',
    );
  }
  const same = topology.publishers.find((each) => each.name.toLowerCase() === folded);
  if (same === undefined) return [...topology.publishers, wanted];
  if (same.name === name && same.tenant === tenant) return topology.publishers;
  throw new NameError(
    `${same.name} is already a publisher of the tenant ${same.tenant}.`,
    `Ask for its access with --tenant ${same.tenant}, or choose another name.`,
  );
}

const RESERVED: readonly string[] = [OPERATOR, 'journal', 'memory', 'console', '__proto__'];
