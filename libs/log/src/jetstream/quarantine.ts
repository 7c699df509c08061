import { type Envelope, isToken, JOURNAL, sealDraft, type Token } from '@voorman/envelope';
import type { Stored } from './pages.js';

/** Life of the record that says so: it starts no work. Seconds. */
const TTL_SECONDS = 1;

/** The tenant, session and task of a message whose subject names none. */
const NOWHERE = 'unreadable';

/** The record that sets a message aside: the same one always gets the same id, whichever replica says so. */
export function quarantineRecord(
  service: Token,
  stored: Pick<Stored, 'subject' | 'position' | 'header'>,
  deliveries: number,
  reason: string,
): Envelope {
  const { subject, position } = stored;
  const causationId = stored.header('Nats-Msg-Id');
  return sealDraft(
    {
      type: 'record-quarantined',
      target: JOURNAL,
      payload: {
        position,
        subject: subject.slice(0, 512),
        consumer: service,
        deliveries,
        reason: reason.slice(0, 2_000),
      },
    },
    {
      source: service,
      ...placeOf(subject),
      ttlSeconds: TTL_SECONDS,
      id: `quarantine-${position}`,
      atMs: Date.now(),
      ...(causationId === undefined ? {} : { causationId: causationId.slice(0, 130) }),
    },
  );
}

/** Where the message belongs, as far as its subject says so in tokens. */
function placeOf(subject: string): { tenant: Token; session: Token; task: Token } {
  const [, , tenant = '', session = '', task = ''] = subject.split('.');
  if ([tenant, session, task].every(isToken)) return { tenant, session, task };
  return { tenant: NOWHERE, session: NOWHERE, task: NOWHERE };
}
