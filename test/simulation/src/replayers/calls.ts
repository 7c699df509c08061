import type { Recorded } from '@voorman/envelope';
import { type Calls, type CallsCommand, callName, calls, GATEWAY } from '@voorman/tool-gateway/handlers';
import { TOOLS } from '../cast.js';
import { type Replayer, replayerOf } from '../replay.js';

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
        agent: bot,
        tool,
        version,
        effect,
        attempt,
        max_attempts,
        cost_usd: costUsd,
        decision,
      } = record.payload;
      const manifest = TOOLS.find((each) => each.name === tool);
      const request = { callId, tool, bot };
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
      const call = state.byName.get(callName(record.target_agent, callId));
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
