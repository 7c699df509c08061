import { taskBoundary } from '@voorman/envelope';
import type { Publisher } from '@voorman/test-stack';
import { type BenchStack, BOT, PUBLISHER } from './stack.js';
import { percentile, rounded } from './usage.js';

/** W2: from publishing a task to the inbox until the bot's first record is in the log. */
export interface FirstRecordFigures {
  readonly durability: 'on-disk' | 'relaxed';
  readonly tasks: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** One task at a time; the publisher's and the server's clock are the same machine's. */
export async function measureFirstRecord(
  stack: BenchStack,
  publisher: Publisher,
  durability: 'on-disk' | 'relaxed',
  tasks: number,
): Promise<FirstRecordFigures> {
  const latencies: number[] = [];
  const run = `w2-${durability}-${Date.now()}`;
  for (let n = 0; n < tasks; n += 1) {
    const session = `${run}-${n}`;
    const publishedAtMs = performance.timeOrigin + performance.now();
    await publisher.ask({ target: BOT, session });
    const page = await stack.operator.log.read(taskBoundary(PUBLISHER.tenant, session, 'task-1'), 0, 10);
    const first = page.records.find((record) => record.source_agent === BOT);
    if (!first) throw new Error(`${BOT} recorded nothing in ${session}`);
    latencies.push(first.recordedAtMs - publishedAtMs);
  }
  return {
    durability,
    tasks,
    p50_ms: rounded(percentile(latencies, 0.5)),
    p99_ms: rounded(percentile(latencies, 0.99)),
  };
}
