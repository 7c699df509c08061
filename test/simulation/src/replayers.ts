import { type Task, type TaskCommand, task } from '@voorman/agent';
import { type Recorded, taskBoundary } from '@voorman/envelope';
import { type Session, type SessionCommand, session, settlementOf } from '@voorman/orchestrator/handlers';
import type { AgentManifest } from '@voorman/registry';
import { type Calls, type CallsCommand, calls, GATEWAY } from '@voorman/tool-gateway/handlers';
import { brainOf } from '@voorman/worker-agent/handlers';
import { TOOLS } from './cast.js';
import { type Replayer, replayerOf } from './replay.js';

const FOREMAN = 'orchestrator';

const isAboutTask = (record: Recorded): boolean =>
  record.condition?.filter === taskBoundary(record.tenant, record.correlation_id, record.task_id);

/** What a bot's brain thought, and how the foreman ended tasks: the decider of a task's life. */
export function taskReplayer(bots: readonly AgentManifest[]): Replayer {
  const brains = new Map(bots.map((bot) => [bot.name, brainOf(bot)]));
  return replayerOf<Task, TaskCommand>(
    task,
    (record) => isAboutTask(record) && record.type !== 'task-requested',
    (record, state) => {
      if (record.type === 'task-expired') return [{ type: 'expire', atMs: Date.parse(record.time) }];
      if (record.type === 'task-cancelled') return [{ type: 'cancel', reason: record.payload.reason }];
      const brain = brains.get(record.source_agent);
      if (!brain || state.status !== 'open') return [];
      return [{ type: 'think', thought: brain.think(state, record.task_id) }];
    },
  );
}

/** The foreman's plans, delegations and answers. @param story every record: the outcomes that a command brought along. */
export const sessionReplayer = (story: readonly Recorded[]): Replayer =>
  replayerOf<Session, SessionCommand>(
    session,
    (record) => record.source_agent === FOREMAN && record.condition !== undefined && !isAboutTask(record),
    (record, state) => commandsOf(record, state, story),
  );

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
      return [];
  }
}

/** A child gets nine tenths of what its parent has left. */
const CHILD_SHARE = 0.9;

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
  const leftMs = Math.ceil((record.ttl_seconds * 1_000) / CHILD_SHARE);
  return [writtenMs, Math.min(writtenMs, deadlineMs - 1), Math.min(writtenMs, deadlineMs - leftMs)];
}

/** The gateway's calls. What a tool gave, and what policy said, is taken from the record. */
export const callsReplayer: Replayer = replayerOf<Calls, CallsCommand>(
  calls,
  (record) => record.source_agent === GATEWAY && record.condition !== undefined,
  callCommandsOf,
);

function callCommandsOf(record: Recorded, state: Calls): readonly CallsCommand[] {
  switch (record.type) {
    case 'tool-started': {
      const {
        call_id: callId,
        tool,
        version,
        effect,
        attempt,
        max_attempts,
        cost_usd: costUsd,
        decision,
      } = record.payload;
      const manifest = TOOLS.find((each) => each.name === tool);
      const request = { callId, tool, bot: '' };
      const maxCalls = manifest?.budget.max_calls_per_session ?? 0;
      return [
        { type: 'start', request, version, effect, maxAttempts: max_attempts, maxCalls, costUsd, decision },
        ...[true, false].map(
          (afterCrash): CallsCommand => ({
            type: 'repeat',
            request,
            attempt: attempt - 1,
            afterCrash,
            version,
            decision,
          }),
        ),
      ];
    }
    case 'tool-refused': {
      const { call_id: callId, tool, decision, code, message, next } = record.payload;
      const request = { callId, tool, bot: record.target_agent };
      const manifest = TOOLS.find((each) => each.name === tool);
      const refuse: CallsCommand = {
        type: 'refuse',
        request,
        fault: { code, message, next },
        ...(decision ? { decision } : {}),
      };
      if (!manifest || !decision) return [refuse];
      const { version, effect, retry, budget } = manifest;
      return [
        refuse,
        {
          type: 'start',
          request,
          version,
          effect,
          maxAttempts: retry.max_attempts,
          maxCalls: budget.max_calls_per_session,
          costUsd: budget.cost_per_call_usd,
          decision,
        },
      ];
    }
    case 'tool-finished': {
      const { call_id: callId, tool, attempt, duration_ms: durationMs, output, fault } = record.payload;
      const request = { callId, tool, bot: record.target_agent };
      const results = [
        ...(output ? [{ kind: 'output' as const, output, durationMs }] : []),
        ...(fault
          ? [
              { kind: 'fault' as const, fault, durationMs },
              { kind: 'unknown' as const, fault, durationMs },
            ]
          : []),
      ];
      return results.map((result) => ({ type: 'finish', request, attempt, result }));
    }
    case 'tool-in-doubt': {
      const { call_id: callId, tool, attempt, code, message, next } = record.payload;
      const request = { callId, tool, bot: record.target_agent };
      const decision = { action: 'tool_execute', allow: true, reasons: [], bundle: '', latency_us: 0 };
      const call = state.byId.get(callId);
      // The decider puts the fault's own words behind what a doubt means.
      const fault = { code, message: message.slice(message.indexOf(': ') + 2), next };
      const version = TOOLS.find((each) => each.name === tool)?.version ?? '';
      return [
        {
          type: 'finish',
          request,
          attempt,
          result: { kind: 'unknown', fault, durationMs: 0 },
        },
        ...(call?.status === 'started' ? [true, false] : []).map(
          (afterCrash): CallsCommand => ({ type: 'repeat', request, attempt, afterCrash, version, decision }),
        ),
      ];
    }
    case 'calls-closed':
      return [{ type: 'close', reason: record.payload.reason }];
    default:
      return [];
  }
}
