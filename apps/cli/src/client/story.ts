import { type Recorded, sessionStory } from '@voorman/envelope';
import { NameError } from '../errors.js';
import type { Client } from './connection.js';

/** Everything that a session recorded until now, oldest first. @throws {NameError} there is no such session. */
export async function* story(client: Client, tenant: string, session: string): AsyncGenerator<Recorded> {
  const boundary = sessionStory(tenant, session);
  let position = 0;
  for (let more = true; more; ) {
    const page = await client.bus.log.read(boundary, position);
    for (const record of page.records) {
      position = record.position;
      yield record;
    }
    more = page.more && page.records.length > 0;
  }
  if (position > 0) return;
  throw new NameError(
    `The log has no session ${session}${tenant === 'default' ? '' : ` of the tenant ${tenant}`}.`,
    'Check its name, and --tenant if it is not the default one.',
  );
}
