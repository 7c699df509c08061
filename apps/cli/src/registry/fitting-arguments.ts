import { RegistryStore } from '@voorman/distribution';
import { FOREMAN, type JsonObject, serviceBoundary } from '@voorman/envelope';
import { compileTool } from '@voorman/registry';
import type { CallStory } from '../client/calls.js';
import type { Client } from '../client/connection.js';
import { recordsOf } from '../client/records.js';
import { BadFileError } from '../errors.js';
import { snapshotOfRevision } from './snapshot.js';

/**
 * Looks at what a person made of a call's arguments before anybody is told: the gateway ends a call whose edit does not
 * fit, and a slip of the pen would cost it. Where no published registry knows the tool, the gateway alone decides.
 * @throws {BadFileError} they do not fit the tool of the version that the session keeps.
 */
export async function requireFitting(client: Client, call: CallStory, args: JsonObject): Promise<void> {
  const store = new RegistryStore(client.bus.bundles);
  const revision = (await keptBy(client, call)) ?? (await store.current())?.revision;
  if (revision === undefined) return;
  const { tools } = await snapshotOfRevision(store, revision);
  const manifest = tools.get(call.tool)?.manifest;
  const fault = manifest && compileTool(manifest).checkArguments(args);
  if (fault) throw new BadFileError(`${fault.message} The call still waits.`, fault.next);
}

/** The revision that a session keeps, also one that has ended; `undefined` where it began before there was any. */
async function keptBy(client: Client, { tenant, session }: CallStory): Promise<string | undefined> {
  for await (const record of recordsOf(client.bus.log, serviceBoundary(tenant, session, FOREMAN))) {
    if (record.type === 'task-requested' && record.payload.delegation !== undefined) {
      return record.payload.delegation.terms?.registry;
    }
  }
  return undefined;
}
