import { idempotencyKey, type Recorded, wholeLog } from '@voorman/envelope';
import { type Log, readAll } from '@voorman/log';

/** What the log says after everything: how often each thing ended, and what was begun and never ended. */
export interface Story {
  readonly records: readonly Recorded[];
  /** Answers by session. */
  readonly answers: ReadonlyMap<string, number>;
  /** Ends by session and task. */
  readonly ends: ReadonlyMap<string, number>;
  /** Delegated tasks that have no end. */
  readonly openTasks: readonly string[];
  /** Calls of once-only tools: how they ended, by the key under which they reach the world. */
  readonly onceCalls: ReadonlyMap<string, readonly string[]>;
  /** Outcomes of sessions, counted. */
  readonly outcomes: Readonly<Record<string, number>>;
}

const END = /^task-(completed|failed|expired|cancelled)$/;

/** Reads the whole log and counts. */
export async function readStory(log: Log, onceTool: string): Promise<Story> {
  const records = await readAll(log, wholeLog());
  const answers = new Map<string, number>();
  const ends = new Map<string, number>();
  const delegated = new Set<string>();
  const onceCalls = new Map<string, string[]>();
  const outcomes: Record<string, number> = {};
  for (const record of records) {
    const task = `${record.correlation_id}/${record.task_id}`;
    if (record.type === 'answer-given') {
      answers.set(record.correlation_id, (answers.get(record.correlation_id) ?? 0) + 1);
      outcomes[record.payload.outcome] = (outcomes[record.payload.outcome] ?? 0) + 1;
    }
    if (END.test(record.type)) ends.set(task, (ends.get(task) ?? 0) + 1);
    if (record.type === 'task-requested' && record.target_agent !== 'orchestrator') delegated.add(task);
    if (
      (record.type === 'tool-started' || record.type === 'tool-finished' || record.type === 'tool-in-doubt') &&
      record.payload.tool === onceTool
    ) {
      const { tenant, correlation_id: session } = record;
      const bot = record.type === 'tool-started' ? record.payload.agent : record.target_agent;
      const key = idempotencyKey({ tenant, session, bot, callId: record.payload.call_id });
      onceCalls.set(key, [...(onceCalls.get(key) ?? []), record.type]);
    }
  }
  return { records, answers, ends, onceCalls, outcomes, openTasks: [...delegated].filter((task) => !ends.has(task)) };
}
