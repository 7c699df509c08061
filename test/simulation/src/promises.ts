import { idempotencyKey, type Outcome, type Recorded, serviceBoundary } from '@voorman/envelope';

/** The promises of the design that a record list can break. */
export type PromiseNumber = 1 | 2 | 3 | 4 | 8;

export interface Violation {
  readonly promise: PromiseNumber;
  readonly sentence: string;
  /** The record that shows it, where one does. */
  readonly position?: number;
}

/** Something that a tool did to the world. */
export interface SimulatedEffect {
  /** The idempotency key of the call. */
  readonly key: string;
  readonly attempt: number;
  readonly atMs: number;
}

/** What happened in a run, and what was allowed to happen. */
export interface Story {
  readonly records: readonly Recorded[];
  readonly atRest: boolean;
  readonly effects: readonly SimulatedEffect[];
  /** Messages that publishers put into the inbox. Default: not looked at. */
  readonly messages?: number;
  /** Calls of a tool that a session may begin. `undefined`: no limit. */
  readonly budget: (tool: string) => number | undefined;
  /** True where the tool's effect may happen only once per call. */
  readonly isOnceOnly: (tool: string) => boolean;
  /** True where policy forbids it, whatever was recorded. */
  readonly forbidden: (record: Recorded<'tool-started'> | Recorded<'task-requested'>) => boolean;
  /** Whether this task's own time was too short to be sure of. */
  readonly mayExpire: (record: Recorded<'task-requested'>) => boolean;
}

type Check = (story: Story) => Violation[];

const OUTCOMES: { readonly [type: string]: Outcome } = {
  'task-completed': 'completed',
  'task-failed': 'failed',
  'task-expired': 'expired',
  'task-cancelled': 'cancelled',
};

/** Every promise that the story breaks; empty when all were kept. */
export const brokenPromises = (story: Story): Violation[] =>
  [nothingLost, nothingTwice, defaultDeny, hardLeash].flatMap((check) => check(story));

const isOf =
  <T extends Recorded['type']>(...types: T[]) =>
  (record: Recorded): record is Extract<Recorded, { type: T }> =>
    (types as string[]).includes(record.type);

const taskOf = (record: Recorded): string => `${record.tenant}.${record.correlation_id}.${record.task_id}`;
const callOf = (record: Recorded & { payload: { call_id: string } }): string =>
  `${record.tenant}.${record.correlation_id}.${record.payload.call_id}`;

/** Under which a call reaches the world. */
const keyOf = ({ tenant, correlation_id: session, payload }: Recorded<'tool-started'>): string =>
  idempotencyKey({ tenant, session, bot: payload.agent, callId: payload.call_id });

const violation = (promise: PromiseNumber, sentence: string, record?: Recorded): Violation => ({
  promise,
  sentence,
  ...(record ? { position: record.position } : {}),
});

/** Groups in the order in which they first appear. */
function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** 1. Every task ends in exactly one outcome, everyone who asked is answered once, and no started call is forgotten. */
const nothingLost: Check = ({ records, atRest, mayExpire, messages }) => {
  const ends = grouped(
    records.filter((record) => record.type in OUTCOMES),
    taskOf,
  );
  const answers = grouped(records.filter(isOf('answer-given')), taskOf);
  const found: Violation[] = atRest ? [] : [violation(1, 'The run did not come to rest: something waits for ever.')];
  for (const [task, [request]] of grouped(records.filter(isOf('task-requested')), taskOf)) {
    if (!request) continue;
    const isGoal = request.target_agent === 'orchestrator';
    const isRoot = request.payload.delegation?.step === undefined;
    const outcomes = ends.get(task) ?? [];
    if (!isGoal && outcomes.length !== 1) {
      const types = outcomes.map((record) => record.type).join(', ') || 'nothing';
      found.push(violation(1, `Task ${task} ended in ${types} instead of exactly one outcome.`, request));
    }
    const answered = answers.get(task)?.length ?? 0;
    if (isRoot && answered !== 1) {
      found.push(violation(1, `${task} was answered ${answered} times instead of once.`, request));
    }
    const expired = outcomes.find(isOf('task-expired'));
    if (expired && !mayExpire(request)) {
      found.push(
        violation(1, `Task ${task} expired although everything worked long before: a wake-up got lost.`, expired),
      );
    }
  }
  const taken = records.filter(
    (record) =>
      isOf('envelope-refused', 'cancel-requested')(record) ||
      (record.type === 'task-requested' && record.payload.delegation?.step === undefined),
  );
  if (messages !== undefined && taken.length !== messages) {
    found.push(violation(1, `${messages} messages came in, and ${taken.length} records tell what became of them.`));
  }
  for (const record of records.filter(isOf('record-quarantined'))) {
    found.push(violation(1, `Record ${record.payload.position} was set aside: ${record.payload.reason}`, record));
  }
  const closed = new Set(records.filter(isOf('tool-finished', 'tool-in-doubt')).map(callOf));
  for (const record of records.filter(isOf('tool-started'))) {
    if (closed.has(callOf(record))) continue;
    found.push(violation(1, `Call ${record.payload.call_id} was started and never heard of again.`, record));
  }
  return found;
};

/** 2. An effect that must not be repeated happens at most once per call, and none without its started record. */
const nothingTwice: Check = ({ records, effects, isOnceOnly }) => {
  const found: Violation[] = [];
  const started = grouped(records.filter(isOf('tool-started')), keyOf);
  for (const [key, done] of grouped(effects, (effect) => effect.key)) {
    const starts = started.get(key) ?? [];
    const [first] = starts;
    const callId = first?.payload.call_id ?? key;
    if (done.length > 1 && starts.some((record) => isOnceOnly(record.payload.tool))) {
      found.push(
        violation(2, `The effect of call ${callId} happened ${done.length} times; it may happen once.`, first),
      );
    }
    for (const { attempt, atMs } of done) {
      if (starts.some((record) => record.payload.attempt === attempt && record.recordedAtMs <= atMs)) continue;
      found.push(
        violation(2, `Attempt ${attempt} of call ${callId} took effect before it was recorded as started.`, first),
      );
    }
  }
  for (const starts of started.values()) {
    const attempts = new Set(starts.map((record) => record.payload.attempt));
    if (attempts.size === starts.length) continue;
    const callId = starts.at(-1)?.payload.call_id;
    found.push(violation(2, `The same attempt of call ${callId} was started more than once.`, starts.at(-1)));
  }
  return found;
};

/** 3. Nothing starts and nothing is handed on without a decision that allows it, recorded with it. */
const defaultDeny: Check = ({ records, forbidden }) => {
  const found: Violation[] = [];
  for (const record of records.filter(isOf('tool-started', 'task-requested'))) {
    const decision = record.type === 'tool-started' ? record.payload.decision : record.payload.delegation?.decision;
    const what =
      record.type === 'tool-started' ? `The call of ${record.payload.tool}` : `The task for ${record.target_agent}`;
    if (!decision?.allow) {
      found.push(violation(3, `${what} has no decision that allows it.`, record));
    } else if (forbidden(record)) {
      found.push(violation(3, `${what} was allowed although policy forbids it.`, record));
    }
  }
  return found;
};

/** 4. No session begins more calls of a tool than its budget, at any concurrency. */
const hardLeash: Check = ({ records, budget }) => {
  const begun = records.filter(isOf('tool-started')).filter((record) => record.payload.attempt === 1);
  const found: Violation[] = [];
  for (const calls of grouped(
    begun,
    (record) => `${serviceBoundary(record.tenant, record.correlation_id, record.source_agent)} ${record.payload.tool}`,
  ).values()) {
    const last = calls.at(-1);
    const limit = last && budget(last.payload.tool);
    if (!last || limit === undefined || calls.length <= limit) continue;
    found.push(violation(4, `${calls.length} calls of ${last.payload.tool} began where ${limit} are allowed.`, last));
  }
  return found;
};
