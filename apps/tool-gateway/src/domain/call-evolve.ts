import { type JsonObject, type Recorded, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import { refusedOnce, reserved, running, settled, type Use } from './budget.js';
import {
  type Call,
  type Calls,
  callName,
  type Held,
  type Origin,
  type Proposal,
  type StartedCall,
} from './call-state.js';
import { called, denied, read } from './history.js';

export function evolve(state: Calls, record: Recorded): Calls {
  switch (record.type) {
    case 'tool-started':
      return started(state, record);
    case 'approval-requested':
      return proposed(state, record);
    case 'tool-refused':
      return refused(state, record);
    case 'tool-finished':
      return finished(state, record);
    case 'tool-in-doubt':
      return doubted(state, record);
    case 'call-settled':
      return settledCall(state, record);
    case 'calls-closed':
      return { ...state, closed: true };
    case 'task-requested':
    case 'task-accepted':
    case 'steps-planned':
    case 'context-retrieved':
    case 'tool-requested':
    case 'result-verified':
    case 'task-completed':
    case 'task-failed':
    case 'task-expired':
    case 'task-cancelled':
    case 'plan-made':
    case 'step-settled':
    case 'answer-given':
    case 'envelope-refused':
    case 'cancel-requested':
    case 'session-cancelled':
    case 'record-quarantined':
    case 'bundle-published':
    case 'registry-published':
    case 'approval-given':
    case 'settlement-requested':
    case 'endpoint-changed':
    case 'rate-reserved':
      return state;
  }
}

function started(state: Calls, record: Recorded<'tool-started'>): Calls {
  const {
    agent,
    call_id,
    tool,
    attempt,
    max_attempts: maxAttempts,
    effect,
    cost_usd,
    tokens = 0,
    probes,
  } = record.payload;
  const name = callName(agent, call_id);
  const before = state.byName.get(name);
  const isRunning = before?.status === 'started';
  const held = heldBy(before);
  const isNewTool = !isRunning || before.tool !== tool;
  let use = reserved(
    state.use,
    { bot: agent, tool, costUsd: cost_usd, tokens },
    isNewTool && before?.status !== 'drafted',
  );
  if (isNewTool) {
    if (isRunning) use = running(use, before.tool, -1);
    use = running(use, tool, 1);
  }
  const call: Call = {
    status: 'started',
    tool,
    attempt,
    maxAttempts,
    effect,
    origin: isRunning ? before.origin : originOf(before, probes),
    beganAtMs: isRunning ? before.beganAtMs : record.recordedAtMs,
    held: { costUsd: held.costUsd + cost_usd, tokens: held.tokens + tokens },
    ...proposalIn(before),
    ...(isRunning ? causeIn(before) : causeOf(record)),
    ...(probes === undefined ? {} : { probes }),
  };
  return { ...withCall(state, name, call), use, history: called(state.history, tool) };
}

function proposed(state: Calls, record: Recorded<'approval-requested'>): Calls {
  const { agent, call_id, tool, kind, arguments: args, digest } = record.payload;
  const name = callName(agent, call_id);
  const proposal = { tool, arguments: args, digest };
  if (kind === 'call') return withCall(state, name, { status: 'waiting', ...proposal });
  const before = state.byName.get(name);
  const attempt = before?.status === 'started' ? before.attempt : 1;
  const use = before?.status === 'started' ? running(state.use, before.tool, -1) : state.use;
  const cause = before?.status === 'started' ? causeIn(before) : {};
  const call: Call = { status: 'drafted', isTold: false, attempt, held: heldBy(before), ...proposal, ...cause };
  return { ...withCall(state, name, call), use };
}

/** A bot that asks again and again for what it does not get uses something up too; an empty budget is no fault of its own. */
function refused(state: Calls, record: Recorded<'tool-refused'>): Calls {
  const { call_id, code, decision } = record.payload;
  const next = withCall(state, callName(record.target_agent, call_id), { status: 'closed' });
  const use =
    code === TOOL_BUDGET_EXCEEDED || code === 'session/cancelled'
      ? state.use
      : refusedOnce(state.use, record.target_agent);
  return { ...next, use, history: decision?.allow === false ? denied(state.history) : state.history };
}

function finished(state: Calls, record: Recorded<'tool-finished'>): Calls {
  const { call_id, cost_usd, tokens, data_classes = [], output } = record.payload;
  const name = callName(record.target_agent, call_id);
  const before = state.byName.get(name);
  const real = {
    ...(cost_usd === undefined ? {} : { costUsd: cost_usd }),
    ...(tokens === undefined ? {} : { tokens }),
  };
  const call: Call =
    before?.status === 'drafted' ? { ...before, isTold: true, held: NOTHING_HELD } : { status: 'closed' };
  const use = paid(ended(state.use, before), record.target_agent, before, real);
  const next = { ...withCall(state, name, call), use, history: read(state.history, data_classes) };
  return output === undefined ? next : found(next, record.target_agent, before, output);
}

/** A probe's answer stays with the doubt that it is about until it settles that. */
function found(state: Calls, bot: string, probe: Call | undefined, output: JsonObject): Calls {
  if (probe?.status !== 'started' || probe.probes === undefined || typeof output.happened !== 'boolean') return state;
  const name = callName(bot, probe.probes);
  const doubt = state.byName.get(name);
  if (doubt?.status !== 'in-doubt') return state;
  return withCall(state, name, { ...doubt, found: { happened: output.happened, by: probe.tool, output } });
}

/** What was reserved for it stays so until somebody settles the doubt. */
function doubted(state: Calls, record: Recorded<'tool-in-doubt'>): Calls {
  const { call_id, attempt, tool } = record.payload;
  const name = callName(record.target_agent, call_id);
  const before = state.byName.get(name);
  const begun = before?.status === 'started' ? { ...proposalIn(before), ...causeIn(before) } : {};
  const ran = before?.status === 'started' ? before.tool : tool;
  const call: Call = { status: 'in-doubt', attempt, tool, ran, held: heldBy(before), ...begun };
  return { ...withCall(state, name, call), use: ended(state.use, before) };
}

/** What did not happen cost nothing; that it was called still counts. */
function settledCall(state: Calls, record: Recorded<'call-settled'>): Calls {
  const { agent, call_id, happened } = record.payload;
  const name = callName(agent, call_id);
  const use = happened ? state.use : paid(state.use, agent, state.byName.get(name), { costUsd: 0, tokens: 0 });
  return { ...withCall(state, name, { status: 'closed' }), use };
}

const NOTHING_HELD: Held = { costUsd: 0, tokens: 0 };

const heldBy = (call: Call | undefined): Held =>
  call === undefined || call.status === 'waiting' || call.status === 'closed' ? NOTHING_HELD : call.held;

/** What was proposed stays with the call: whoever takes it up again has to do exactly that. */
function proposalIn(before: Call | undefined): { readonly proposal?: Proposal } {
  if (before?.status === 'started') return before.proposal === undefined ? {} : { proposal: before.proposal };
  if (before?.status !== 'waiting' && before?.status !== 'drafted') return {};
  return { proposal: { tool: before.tool, arguments: before.arguments, digest: before.digest } };
}

const originOf = (before: Call | undefined, probes: string | undefined): Origin =>
  probes !== undefined ? 'probe' : before === undefined ? 'request' : 'approval';

const causeIn = ({ cause }: Pick<StartedCall, 'cause'>): Pick<StartedCall, 'cause'> =>
  cause === undefined ? {} : { cause };

const causeOf = ({ causation_id: id, position }: Recorded): Pick<StartedCall, 'cause'> =>
  id === undefined ? {} : { cause: { id, before: position } };

const ended = (use: Use, call: Call | undefined): Use =>
  call?.status === 'started' ? running(use, call.tool, -1) : use;

function paid(use: Use, bot: string, call: Call | undefined, real: { costUsd?: number; tokens?: number }): Use {
  const { costUsd, tokens } = heldBy(call);
  return settled(use, { bot, tool: '', costUsd, tokens }, real);
}

const withCall = (state: Calls, name: string, call: Call): Calls => ({
  ...state,
  byName: state.byName.set(name, call),
});
