import { jetstream } from '@nats-io/jetstream';
import type { BenchStack } from './stack.js';
import { percentile, rounded } from './usage.js';

/** What raw JetStream does on the same server: conditional appends of the size of our records, nothing around them. */
export interface FloorFigures {
  readonly durability: 'on-disk' | 'relaxed';
  readonly in_flight: number;
  readonly appends_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** A record of one call is about this large. Bytes. */
export const RECORD_BYTES = 700;

/** Appends under a condition of its own each, one by one, always so many in flight. */
export async function measureFloor(
  stack: BenchStack,
  durability: 'on-disk' | 'relaxed',
  inFlight: number,
  seconds: number,
): Promise<FloorFigures> {
  const connection = await stack.server.connect('cli');
  try {
    const js = jetstream(connection, { apiPrefix: 'store.api', checkAPI: false });
    const body = new TextEncoder().encode('x'.repeat(RECORD_BYTES));
    const run = `floor-${inFlight}-${Date.now()}`;
    const latencies: number[] = [];
    const began = performance.now();
    const until = began + seconds * 1_000;
    const lane = async (number: number) => {
      for (let n = 0; performance.now() < until; n += 1) {
        const subject = `log.journal.floor.${run}.t-${number}-${n}.cli`;
        const at = performance.now();
        await js.publish(subject, body, {
          msgID: `cli.${run}-${number}-${n}`,
          timeout: 10_000,
          expect: { lastSubjectSequence: 0, lastSubjectSequenceSubject: `log.*.floor.${run}.t-${number}-${n}.*` },
        });
        latencies.push(performance.now() - at);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, (_, number) => lane(number)));
    const elapsed = (performance.now() - began) / 1_000;
    return {
      durability,
      in_flight: inFlight,
      appends_per_s: Math.round(latencies.length / elapsed),
      p50_ms: rounded(percentile(latencies, 0.5)),
      p99_ms: rounded(percentile(latencies, 0.99)),
    };
  } finally {
    await connection.close();
  }
}
