import {
  askerOf,
  type CallRecord,
  type Decision,
  type Fault,
  GATEWAY,
  idempotencyKey,
  isCallRecord,
  type JsonObject,
  serviceBoundary,
  sessionStory,
  writtenBy,
} from '@voorman/envelope';
import type { Client } from './connection.js';
import { requireSession } from './decision-history.js';
import { recordsOf } from './records.js';

/** A call as its gateway's records tell it. */
export interface CallStory {
  readonly call_id: string;
  readonly tenant: string;
  readonly session: string;
  readonly task_id: string;
  readonly agent: string;
  /** The tool that was asked for. */
  readonly tool: string;
  readonly state: 'running' | 'finished' | 'failed' | 'refused' | 'in-doubt' | 'settled' | 'waiting' | 'drafted';
  readonly version?: string;
  readonly effect?: string;
  readonly endpoint?: string;
  readonly attempts: number;
  readonly cost_usd: number;
  readonly tokens: number;
  /** Milliseconds since 1970. */
  readonly began_at_ms: number;
  readonly changed_at_ms: number;
  readonly fault?: Fault;
  readonly decision?: Decision;
  /** What waits for a person, and of which digest. */
  readonly proposal?: {
    readonly kind: 'call' | 'draft';
    readonly arguments: JsonObject;
    readonly digest: string;
    readonly reason: string;
  };
  /** Of a probe: the call in doubt that it asks about. */
  readonly probes?: string;
  readonly settlement?: { readonly happened: boolean; readonly because: string; readonly settled_by: string };
}

/** Every call, of one session or of all, in the order in which they began. @throws {NameError} there is no such session. */
export async function readCalls(client: Client, where?: { tenant: string; session: string }): Promise<CallStory[]> {
  if (where !== undefined) await requireSession(client.bus.log, where.tenant, where.session);
  const boundary = where === undefined ? writtenBy(GATEWAY) : serviceBoundary(where.tenant, where.session, GATEWAY);
  const calls = new Map<string, CallStory>();
  const closed = new Set<string>();
  for await (const record of recordsOf(client.bus.log, boundary)) {
    if (record.type === 'calls-closed') closed.add(`${record.tenant} ${record.correlation_id}`);
    if (!isCallRecord(record)) continue;
    const next = told(record, calls);
    calls.set(keyOf(next), next);
  }
  // Of a cancelled session nothing waits for anybody.
  return [...calls.values()].map((call) =>
    isPending(call) && closed.has(`${call.tenant} ${call.session}`) ? { ...call, state: 'refused' } : call,
  );
}

/** Whether a person has to decide on it. */
export const isPending = ({ state }: CallStory): boolean => state === 'waiting' || state === 'drafted';

/** What was asked about a call in doubt, in the order in which it was asked. */
export const probesOf = ({ tenant, session, agent, call_id }: CallStory, calls: readonly CallStory[]): CallStory[] =>
  calls.filter(
    (each) => each.probes === call_id && each.agent === agent && each.session === session && each.tenant === tenant,
  );

/** Why a probe did not settle the doubt that it is about, as far as its records tell. */
export function probeSentence({ tool, state, fault }: CallStory): string {
  switch (state) {
    case 'running':
      return `${tool} is being asked.`;
    case 'refused':
      return `${tool} was not asked: ${fault?.message}`;
    case 'failed':
      return `${tool} was asked and could not say: ${fault?.message}`;
    case 'finished':
    case 'in-doubt':
    case 'settled':
    case 'waiting':
    case 'drafted':
      return `${tool} was asked and did not say whether it happened.`;
  }
}

/** The key under which the call reaches the world: what its service knows it by. */
export const keyInTheWorld = ({ tenant, session, agent, call_id }: CallStory): string =>
  idempotencyKey({ tenant, session, bot: agent, callId: call_id });

/** With what a bot asked for the call. */
export async function argumentsOf(client: Client, call: CallStory): Promise<JsonObject | undefined> {
  for await (const record of recordsOf(client.bus.log, sessionStory(call.tenant, call.session))) {
    const isIt = record.type === 'tool-requested' && record.source_agent === call.agent;
    if (isIt && record.payload.call_id === call.call_id) return record.payload.arguments;
  }
  return undefined;
}

const keyOf = (call: Pick<CallStory, 'tenant' | 'session' | 'agent' | 'call_id'>): string =>
  `${call.tenant} ${call.session} ${call.agent} ${call.call_id}`;

/** What a record makes of its call. */
function told(record: CallRecord, calls: ReadonlyMap<string, CallStory>): CallStory {
  const about = aboutOf(record);
  const known = calls.get(keyOf(about)) ?? {
    ...about,
    attempts: 0,
    cost_usd: 0,
    tokens: 0,
    began_at_ms: record.recordedAtMs,
    state: 'running',
    changed_at_ms: 0,
  };
  return { ...known, changed_at_ms: record.recordedAtMs, ...newsIn(record, known) };
}

function newsIn(record: CallRecord, known: CallStory): Partial<CallStory> {
  switch (record.type) {
    case 'tool-started': {
      const { version, effect, attempt: attempts, endpoint, decision, cost_usd, tokens = 0, probes } = record.payload;
      const spent = { cost_usd: known.cost_usd + cost_usd, tokens: known.tokens + tokens };
      return {
        state: 'running',
        version,
        effect,
        attempts,
        decision,
        ...spent,
        ...(endpoint && { endpoint }),
        ...(probes && { probes }),
      };
    }
    case 'tool-finished': {
      if (known.state === 'drafted') return {};
      const { fault, cost_usd = known.cost_usd, tokens = known.tokens } = record.payload;
      return { state: fault ? 'failed' : 'finished', cost_usd, tokens, ...(fault && { fault }) };
    }
    case 'tool-refused':
      return {
        state: 'refused',
        fault: faultIn(record.payload),
        ...decisionIn(record.payload),
        ...(record.payload.probes && { probes: record.payload.probes }),
      };
    case 'tool-in-doubt':
      return { state: 'in-doubt', fault: faultIn(record.payload), attempts: record.payload.attempt };
    case 'call-settled': {
      const { happened, because, settled_by } = record.payload;
      const refund = happened ? {} : { cost_usd: 0, tokens: 0 };
      return { state: 'settled', settlement: { happened, because, settled_by }, ...refund };
    }
    case 'approval-requested': {
      const { kind, version, digest, reason, decision, arguments: args } = record.payload;
      const proposal = { kind, arguments: args, digest, reason };
      return { state: kind === 'draft' ? 'drafted' : 'waiting', version, decision, proposal };
    }
  }
}

const faultIn = ({ code, message, next }: Fault): Fault => ({ code, message, next });

const decisionIn = ({ decision }: { decision?: Decision | undefined }) => (decision === undefined ? {} : { decision });

type About = Pick<CallStory, 'call_id' | 'tenant' | 'session' | 'task_id' | 'agent' | 'tool'>;

/** Which call a record is about, by whoever asked for it. */
function aboutOf(record: CallRecord): About {
  const { call_id, tool } = record.payload;
  const asked = record.type === 'tool-started' ? (record.payload.fallback_for ?? tool) : tool;
  const { tenant, correlation_id: session, task_id } = record;
  return { call_id, tenant, session, task_id, agent: askerOf(record), tool: asked };
}
