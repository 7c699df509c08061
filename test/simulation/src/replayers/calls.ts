import type { Decision, Recorded } from '@voorman/envelope';
import { compileTool } from '@voorman/registry';
import {
  type Calls,
  type CallsCommand,
  callName,
  calls,
  DEFAULT_TERMS,
  dutiesOf,
  GATEWAY,
  type Opening,
  offerOf,
  type Result,
} from '@voorman/tool-gateway/handlers';
import { TOOLS } from '../cast.js';
import { type Replayer, replayerOf } from '../replay.js';

/** The gateway's calls. What a tool gave, and what policy said, is taken from the record. */
export const callsReplayer: Replayer = replayerOf<Calls, CallsCommand>(
  calls,
  (record) => record.source_agent === GATEWAY && record.condition !== undefined,
  callCommandsOf,
);

const { budget } = DEFAULT_TERMS;
const allowed: Decision = { action: 'tool_execute', allow: true, reasons: [], bundle: '', latency_us: 0 };

/** What a beginning is decided on, besides the session's past. */
function openingOf(record: Recorded, tool: string, decision: Decision): Opening | undefined {
  const manifest = TOOLS.find((each) => each.name === tool);
  if (manifest === undefined) return undefined;
  const compiled = compileTool({ ...manifest, file: tool, folder: '.' });
  const maxCalls = manifest.budget.max_calls_per_session;
  return {
    offer: offerOf(compiled, false),
    limits: { session: budget, beganAtMs: 0, maxCalls },
    decision,
    duties: dutiesOf(decision, manifest.type),
    atMs: record.recordedAtMs,
  };
}

const bothCauses = (command: Omit<Extract<CallsCommand, { type: 'repeat' }>, 'afterCrash'>): CallsCommand[] =>
  [true, false].map((afterCrash) => ({ ...command, afterCrash }));

const aboutOf = (probes: string | undefined) => (probes === undefined ? {} : { probes });

function callCommandsOf(record: Recorded, state: Calls): readonly CallsCommand[] {
  switch (record.type) {
    case 'tool-started': {
      const { call_id: callId, agent: bot, tool, attempt, decision, probes } = record.payload;
      const opening = openingOf(record, tool, decision);
      if (opening === undefined) return [];
      const request = { callId, tool, bot, ...aboutOf(probes) };
      const origin = probes === undefined ? 'request' : 'probe';
      return [
        { ...opening, type: 'start', request, isPatient: true },
        ...bothCauses({ ...opening, type: 'repeat', request, attempt: attempt - 1, origin }),
      ];
    }
    case 'tool-refused': {
      const { call_id: callId, tool, decision, code, message, next, probes } = record.payload;
      const request = { callId, tool, bot: record.target_agent, ...aboutOf(probes) };
      const limit = budget.refusals === undefined ? {} : { maxRefusals: budget.refusals };
      const refuse: CallsCommand = { type: 'refuse', request, fault: { code, message, next }, ...limit };
      const opening = decision && openingOf(record, tool, decision);
      return opening ? [refuse, { ...opening, type: 'start', request, isPatient: false }] : [refuse];
    }
    case 'tool-finished': {
      const { call_id: callId, tool, attempt, duration_ms: durationMs, fault, ...facts } = record.payload;
      const request = { callId, tool, bot: record.target_agent };
      const { cost_usd: usd, tokens, ...output } = facts;
      const cost = { ...(usd === undefined ? {} : { usd }), ...(tokens === undefined ? {} : { tokens }) };
      const mark = facts.untrusted === undefined ? {} : { untrusted: facts.untrusted };
      const results: Result[] = fault
        ? [
            { kind: 'fault', fault, durationMs, cost, ...mark },
            { kind: 'unknown', fault, durationMs, cost, ...mark },
          ]
        : [{ kind: 'output', durationMs, cost, ...output }];
      return results.map((result) => ({ type: 'finish', request, attempt, result }));
    }
    case 'tool-in-doubt': {
      const { call_id: callId, tool, attempt, code, message, next } = record.payload;
      const request = { callId, tool, bot: record.target_agent };
      const call = state.byName.get(callName(record.target_agent, callId));
      // The decider puts the fault's own words behind what a doubt means.
      const fault = { code, message: message.slice(message.indexOf(': ') + 2), next };
      const opening = openingOf(record, tool, allowed);
      return [
        { type: 'finish', request, attempt, result: { kind: 'unknown', fault, durationMs: 0 } },
        ...(call?.status === 'started' && opening
          ? bothCauses({ ...opening, type: 'repeat', request, attempt, origin: 'request' })
          : []),
      ];
    }
    case 'call-settled': {
      const { call_id: callId, agent: bot, tool, happened, because, settled_by: by } = record.payload;
      const request = { callId, tool, bot };
      return [
        { type: 'conclude', request },
        { type: 'settle', request, happened, because, by },
      ];
    }
    case 'calls-closed':
      return [{ type: 'close', reason: record.payload.reason }];
    default:
      // A decision that no command here leads to is reported as a difference, so that a new record type shows itself.
      return [];
  }
}
