import type { Effect, JsonObject, Recorded } from '@voorman/envelope';
import { Map as Kept } from 'immutable';
import { type Use, unused } from './budget.js';
import { type History, noHistory } from './history.js';

/**
 * What a call is begun for: its bot asked, a person agreed to it, or the gateway itself asks about a doubt. Only that is a
 * reason to take it up again.
 */
export type Origin = 'request' | 'approval' | 'probe';

/** The record that a call was begun for. */
export interface Cause {
  readonly id: string;
  /** Position of the call's first attempt: what came later did not lead to it, whatever id it bears. */
  readonly before: number;
}

/** What was reserved for a call, until its real cost is known. */
export interface Held {
  readonly costUsd: number;
  readonly tokens: number;
}

/** A call that runs, as far as the log knows. */
export interface StartedCall {
  readonly status: 'started';
  /** The tool that runs: the one that was asked for, or a fallback. */
  readonly tool: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly effect: Effect;
  readonly origin: Origin;
  /** When its first attempt was recorded. Milliseconds since 1970. */
  readonly beganAtMs: number;
  readonly held: Held;
  /** What a person agreed to, where one had to. */
  readonly proposal?: Proposal;
  /** What its first attempt was for: nothing else says with which arguments it runs. */
  readonly cause?: Cause;
  /** Of a probe: the bot's call that it asks about. */
  readonly probes?: string;
}

/** What a probe was told about the call that it asked about. */
export interface Finding {
  readonly happened: boolean;
  /** The tool that asked. */
  readonly by: string;
  readonly output: JsonObject;
}

/** A call that may or may not have happened. */
export interface DoubtedCall extends Pick<StartedCall, 'cause' | 'proposal'> {
  readonly status: 'in-doubt';
  readonly attempt: number;
  /** The tool that was asked for. */
  readonly tool: string;
  /** The tool that ran: that one, or a fallback. */
  readonly ran: string;
  readonly held: Held;
  readonly found?: Finding;
}

/** Something that a person has to agree to, and what exactly. */
export interface Proposal {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly digest: string;
}

/** Something was prepared and not sent. `isTold`: its bot has its answer, and the call is over but for its sending. */
export interface DraftedCall extends Pick<StartedCall, 'cause'>, Proposal {
  readonly status: 'drafted';
  readonly isTold: boolean;
  readonly attempt: number;
  readonly held: Held;
}

/** One tool invocation. After its end only its name is remembered, so that a copy of its request is known. */
export type Call =
  | StartedCall
  /** Nothing has happened yet: a person has to agree first. */
  | ({ readonly status: 'waiting' } & Proposal)
  | DraftedCall
  | DoubtedCall
  | { readonly status: 'closed' };

/** Every call of a session. Boundary: `serviceBoundary(tenant, session, 'tool-gateway')`. */
export interface Calls {
  /** By `callName`: a key is a bot's own word, and must not stand for another bot's call. */
  readonly byName: Kept<string, Call>;
  readonly use: Use;
  readonly history: History;
  readonly closed: boolean;
}

export const noCalls: Calls = { byName: Kept(), use: unused, history: noHistory, closed: false };

/** What the gateway was asked for, by whom. */
export interface Request {
  readonly callId: string;
  /** The tool that the bot named. */
  readonly tool: string;
  readonly bot: string;
  /** The bot's call in doubt that this one asks about; nothing that a bot says leads to it. */
  readonly probes?: string;
}

/** What a call is known by: no bot can take the name of another bot's call. Tokens hold no space. */
export const callName = (bot: string, callId: string): string => `${bot} ${callId}`;

export const callOf = (state: Calls, { bot, callId }: Pick<Request, 'bot' | 'callId'>): Call | undefined =>
  state.byName.get(callName(bot, callId));

/**
 * Whether a call was begun for this very record. A bot may ask twice under one name: only what began the call says with
 * which tool and arguments it runs, so nothing else is a reason to take it up again.
 */
export const isBegunFor = ({ cause }: Pick<StartedCall, 'cause'>, { id, position }: Recorded): boolean =>
  cause !== undefined && cause.id === id && position < cause.before;

/** The call in doubt that a probe asks about; `undefined` where there is no doubt, or not any more. */
export function doubtOf(state: Calls, { bot, probes }: Request): DoubtedCall | undefined {
  const call = probes === undefined ? undefined : callOf(state, { bot, callId: probes });
  return call?.status === 'in-doubt' ? call : undefined;
}
