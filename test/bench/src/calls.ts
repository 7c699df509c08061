import { sessionStory } from '@voorman/envelope';
import { readAll } from '@voorman/log';
import type { Publisher } from '@voorman/test-stack';
import { type BenchStack, BOT, PUBLISHER } from './stack.js';
import { percentile, rounded, type Usage, usageOf } from './usage.js';

/** W1: sessions of ten calls of a no-op tool, published straight to a bot. */
export interface CallsFigures {
  readonly durability: 'on-disk' | 'relaxed';
  readonly in_flight: number;
  readonly sessions: number;
  readonly calls_per_s: number;
  /** From a call's request to its result, by the log's clock. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly cpu_s_per_1000_calls: number;
  readonly cpu_s_per_1000_calls_by_process: Readonly<Record<string, number>>;
  readonly rss_mb: Readonly<Record<string, number>>;
}

const CALLS = 10;

/** Runs sessions for a while, always so many in flight, and reads back a sample of what the log recorded. */
export async function measureCalls(
  stack: BenchStack,
  publisher: Publisher,
  durability: 'on-disk' | 'relaxed',
  inFlight: number,
  seconds: number,
): Promise<CallsFigures> {
  const processes = [{ name: 'nats-server', pid: stack.server.pid }, ...stack.services];
  const run = `w1-${durability}-${inFlight}-${Date.now()}`;
  const before = new Map(processes.map(({ name, pid }) => [name, usageOf(pid)]));
  const began = performance.now();
  const until = began + seconds * 1_000;
  let done = 0;
  const sessions: string[] = [];
  const lane = async (number: number) => {
    for (let n = 0; performance.now() < until; n += 1) {
      const session = `${run}-${number}-${n}`;
      const answer = await publisher.ask({ target: BOT, session });
      if (answer.outcome !== 'completed') throw new Error(`${session} ended as ${answer.outcome}: ${answer.answer}`);
      done += 1;
      sessions.push(session);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, number) => lane(number)));
  const elapsed = (performance.now() - began) / 1_000;
  const after = new Map(processes.map(({ name, pid }) => [name, usageOf(pid)]));
  const cpu = (name: string) => used(before.get(name), after.get(name));
  const per1000 = (value: number) => rounded((value / (done * CALLS)) * 1_000, 3);
  const latencies = await callLatencies(stack, sample(sessions, 100));
  return {
    durability,
    in_flight: inFlight,
    sessions: done,
    calls_per_s: Math.round((done * CALLS) / elapsed),
    p50_ms: rounded(percentile(latencies, 0.5)),
    p99_ms: rounded(percentile(latencies, 0.99)),
    cpu_s_per_1000_calls: per1000(processes.reduce((sum, { name }) => sum + cpu(name), 0)),
    cpu_s_per_1000_calls_by_process: Object.fromEntries(processes.map(({ name }) => [name, per1000(cpu(name))])),
    rss_mb: Object.fromEntries(processes.map(({ name }) => [name, after.get(name)?.rssMb ?? 0])),
  };
}

const used = (before: Usage | undefined, after: Usage | undefined): number =>
  (after?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0);

/** Evenly spread over the run. */
const sample = <T>(all: readonly T[], most: number): T[] =>
  all.filter((_, index) => index % Math.max(1, Math.floor(all.length / most)) === 0);

async function callLatencies(stack: BenchStack, sessions: readonly string[]): Promise<number[]> {
  const latencies: number[] = [];
  for (const session of sessions) {
    const requested = new Map<string, number>();
    for (const record of await readAll(stack.operator.log, sessionStory(PUBLISHER.tenant, session))) {
      if (record.type === 'tool-requested') requested.set(record.payload.call_id, record.recordedAtMs);
      if (record.type !== 'tool-finished') continue;
      const beganMs = requested.get(record.payload.call_id);
      if (beganMs !== undefined) latencies.push(record.recordedAtMs - beganMs);
    }
  }
  return latencies;
}
