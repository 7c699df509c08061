import { FOREMAN, type Recorded } from '@voorman/envelope';
import {
  childTtlSeconds,
  type Session,
  type SessionCommand,
  session,
  settlementOf,
} from '@voorman/orchestrator/handlers';
import { type Replayer, replayerOf } from '../replay.js';
import { isAboutTask } from './task.js';

/** The foreman's plans, delegations and answers. @param story every record: the outcomes that a command brought along. */
export const sessionReplayer = (story: readonly Recorded[]): Replayer =>
  replayerOf<Session, SessionCommand>(
    session,
    (record) =>
      record.source_agent === FOREMAN && record.condition !== undefined && !isAboutTask(record) && !isIntake(record),
    (record, state) => commandsOf(record, state, story),
  );

/** A message from outside that became a session's or a goal's first record: a fact, no decider's work. */
const isIntake = (record: Recorded): boolean =>
  record.type === 'task-requested' && record.payload.delegation?.step === undefined;

/** Commands that may have led to a record of the foreman's, in the session as it was. */
function commandsOf(record: Recorded, state: Session, story: readonly Recorded[]): readonly SessionCommand[] {
  const nothing = { reason: '', steps: [], refused: [] };
  const at = (root: string, of: (atMs: number) => readonly SessionCommand[]): readonly SessionCommand[] =>
    momentsOf(record, state.roots.get(root)).flatMap(of);
  switch (record.type) {
    case 'plan-made': {
      const { root_task_id: root, reason, steps, refused } = record.payload;
      const proposal = { reason, steps, refused };
      const settled = (state.roots.get(root)?.steps ?? []).filter((step) => step.settlement);
      return at(root, (atMs) => [
        { type: 'plan', root, proposal, atMs },
        ...settled.flatMap(({ task_id: taskId, settlement }) =>
          settlement ? [{ type: 'settle' as const, taskId, settlement, replacement: proposal, atMs }] : [],
        ),
      ]);
    }
    case 'task-requested': {
      const root = record.payload.delegation?.root_task_id ?? '';
      return at(root, (atMs) => [{ type: 'plan', root, proposal: nothing, atMs }]);
    }
    case 'step-settled': {
      const { task_id: taskId, outcome, answer, evidence, data, fault } = record.payload;
      const settlement = { outcome, answer, evidence, ...(data ? { data } : {}), ...(fault ? { fault } : {}) };
      return [{ type: 'settle', taskId, settlement, atMs: Date.parse(record.time) }];
    }
    case 'session-cancelled':
      return [{ type: 'cancel', root: record.payload.root_task_id, reason: record.payload.reason }];
    case 'answer-given': {
      const { outcome, fault, refused = [] } = record.payload;
      const root = record.task_id;
      const reason = fault?.message ?? '';
      const ended = story
        .filter((each) => each.correlation_id === record.correlation_id && each.task_id === root)
        .flatMap((each) => settlementOf(each) ?? []);
      return [
        ...at(root, (atMs) => [
          { type: 'plan', root, proposal: { ...nothing, refused, ...(fault ? { fault } : {}) }, atMs },
          ...ended.map((settlement) => ({ type: 'settle' as const, taskId: root, settlement, atMs })),
        ]),
        ...(outcome === 'cancelled' || outcome === 'expired'
          ? [reason, reason.replace(/^Cancelled: /, '')].map((each) => ({
              type: 'end' as const,
              root,
              outcome,
              reason: each,
            }))
          : []),
      ];
    }
    default:
      // A decision that no command here leads to is reported as a difference, so that a new record type shows itself.
      return [];
  }
}

/** The least time that a parent may have left for its child to get this much. Milliseconds. */
function leastLeftMs(ttlSeconds: number): number {
  let [least, most] = [0, 2_000 * (ttlSeconds + 1)];
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (childTtlSeconds(middle) < ttlSeconds) least = middle + 1;
    else most = middle;
  }
  return least;
}

/**
 * When the command may have been given: not after its record was written, but before the root's deadline where that lay
 * in between; and for a child the moment that leaves its parent this much time.
 */
function momentsOf(
  record: Recorded,
  root: Session['roots'] extends { get(key: string): infer R } ? R : never,
): number[] {
  const writtenMs = Date.parse(record.time);
  if (!root) return [writtenMs];
  const deadlineMs = root.requestedAtMs + root.ttlSeconds * 1_000;
  const leftMs = leastLeftMs(record.ttl_seconds);
  return [writtenMs, Math.min(writtenMs, deadlineMs - 1), Math.min(writtenMs, deadlineMs - leftMs)];
}
