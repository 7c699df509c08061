import { decodeSubject, type Envelope, JOURNAL, sealDraft } from '@voorman/envelope';
import type { StoredRecord } from './record-stream.js';

/** Life of the record that says so: it starts no work. Seconds. */
const TTL_SECONDS = 1;

/** The record that sets another one aside. The same one always gets the same id. */
export function quarantineRecord(
  service: string,
  record: Pick<StoredRecord, 'position' | 'subject' | 'id'>,
  deliveries: number,
  reason: string,
  atMs: number,
): Envelope {
  const { tenant, session, task } = decodeSubject(record.subject);
  return sealDraft(
    {
      type: 'record-quarantined',
      target: JOURNAL,
      payload: {
        position: record.position,
        subject: record.subject,
        consumer: service,
        deliveries,
        reason: reason.slice(0, 2_000),
      },
    },
    {
      source: service,
      tenant,
      session,
      task,
      ttlSeconds: TTL_SECONDS,
      id: `quarantine-${record.position}`,
      atMs,
      causationId: record.id,
    },
  );
}
