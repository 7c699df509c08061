import { setTimeout as pause } from 'node:timers/promises';
import { type Envelope, hasCode, isRetryable, type Recorded, type Token } from '@voorman/envelope';
import type { Delivery, FollowOptions, WakeHandler } from '../log.js';

import type { Delivered, Settlement } from './delivered.js';
import type { FollowedConsumer } from './following.js';
import { quarantineRecord } from './quarantine.js';
import { isUnreadable, type Records } from './records.js';
import type { LogReport } from './report.js';
import { LOG_STREAM } from './stream-config.js';

export interface WakingParts {
  readonly service: Token;
  readonly records: Records;
  readonly report: LogReport;
  /** Position of the last record addressed to the service; left out where it would prove nothing, as in a cluster. */
  readonly end?: () => Promise<number>;
  /** Appends the record that sets another aside. */
  append(envelope: Envelope): Promise<number>;
}

/** How long a handler's retryable fault is waited out with the record in hand. Milliseconds. */
const HELD_MS = 120_000;

/**
 * How a service is woken by the records addressed to it: one of a task at a time, each handled until it succeeds, is
 * given back, or is set aside because no repetition helps. What sets aside is recorded in the journal first.
 */
export function wakingConsumer(
  { service, records, report, end, append }: WakingParts,
  handler: WakeHandler,
  { slots = 64, buffer = 64, isOrdered = true, maxDeliveries = 20 }: FollowOptions = {},
): FollowedConsumer {
  const setAside = async (message: Delivered, deliveries: number, reason: string): Promise<Settlement> => {
    const { position, subject } = message;
    await append(quarantineRecord(service, message, deliveries, reason));
    report({ kind: 'quarantined', position, subject, reason });
    return { kind: 'never', reason: reason.replaceAll(/\s+/g, ' ').slice(0, 200) };
  };

  const handle = async (
    message: Delivered,
    stopped: Promise<void>,
    aloneSince: () => number | undefined,
  ): Promise<Settlement> => {
    const { count } = message;
    // Before the handler: also a record that kills the process is set aside in the end.
    if (count > maxDeliveries) return setAside(message, count - 1, `${count - 1} deliveries did not settle it.`);
    let record: Recorded;
    try {
      record = await records.read(message);
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      return setAside(message, count, fault instanceof Error ? fault.message : String(fault));
    }
    try {
      const delivery: Delivery = {
        count,
        get aloneSince() {
          return aloneSince();
        },
      };
      return await inHand(() => handler(record, delivery), stopped);
    } catch (fault) {
      if (!hasCode(fault, 'log/poison-record')) throw fault;
      return setAside(message, count, fault instanceof Error ? fault.message : String(fault));
    }
  };

  return {
    stream: LOG_STREAM,
    durable: service,
    slots,
    buffer,
    ...(isOrdered && end !== undefined ? { end } : {}),
    lane: ({ subject, position }) => (isOrdered ? subject.split('.').slice(2, 5).join('.') : String(position)),
    handle,
  };
}

/**
 * Tries again with the record in hand while the fault says that this may help, so that an outage uses up no deliveries:
 * for as long as the log is away or full, otherwise for two minutes. Gives the record back when there is no time left.
 */
export async function inHand(attempt: () => Promise<void>, stopped: Promise<void>): Promise<Settlement> {
  const untilMs = Date.now() + HELD_MS;
  for (let pauseMs = 100; ; pauseMs = Math.min(5_000, pauseMs * 2)) {
    try {
      await attempt();
      return { kind: 'done' };
    } catch (fault) {
      const outage = hasCode(fault, 'log/unavailable') || hasCode(fault, 'log/full');
      if (!outage && (!isRetryable(fault) || Date.now() > untilMs)) throw fault;
      const leaving = await Promise.race([pause(pauseMs), stopped.then(() => true)]);
      if (leaving === true) return { kind: 'again', afterMs: 0 };
    }
  }
}
