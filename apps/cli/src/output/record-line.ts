import type { Recorded } from '@voorman/envelope';
import { gist } from './gist.js';
import { clockTime } from './progress.js';

/** A record as programs get it: the envelope, where it stands, and when the log recorded it. */
export function recordDocument(record: Recorded): Record<string, unknown> {
  const { position, recordedAtMs, condition, payloadRef, ...envelope } = record;
  return {
    position,
    recorded_at: new Date(recordedAtMs).toISOString(),
    ...envelope,
    ...(condition === undefined ? {} : { condition }),
    ...(payloadRef === undefined ? {} : { payload_ref: payloadRef }),
  };
}

/** A record as people read it: position, time, who to whom, what, and its gist. */
export const recordLine = (record: Recorded, withSession = false): string =>
  [
    `${record.position}`.padStart(6),
    clockTime(record.recordedAtMs),
    ...(withSession ? [record.correlation_id] : []),
    `${record.source_agent} → ${record.target_agent}`,
    record.type,
    gist(record),
  ].join('  ');
