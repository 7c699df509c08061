import type { SessionBudget } from '@voorman/envelope';
import { Map as Kept } from 'immutable';

/** What calls use up. Money in billionths of a dollar, so that many small sums add up exactly. */
export interface Amount {
  readonly calls: number;
  readonly nanoUsd: number;
  readonly tokens: number;
}

/** What a session has used and reserved: what was reserved counts as used until the call has ended. */
export interface Use {
  readonly all: Amount;
  readonly byBot: Kept<string, Amount & { readonly refusals: number }>;
  readonly byTool: Kept<string, { readonly calls: number; readonly running: number }>;
  /** Calls under way. */
  readonly running: number;
}

/** What one call would take, and whose it is. */
export interface Ask {
  readonly bot: string;
  readonly tool: string;
  readonly costUsd: number;
  readonly tokens: number;
}

/** The limits that a call is held against: the session's, and those of the tool itself. */
export interface Limits {
  readonly session: SessionBudget;
  /** When the session began. Milliseconds since 1970. */
  readonly beganAtMs: number;
  readonly maxCalls: number;
  readonly maxParallel?: number;
}

/** A budget that a call would exceed. `kind` is its name as the terms of a session spell it. */
export interface Exceeded {
  readonly kind: 'tool' | 'calls' | 'cost_usd' | 'tokens' | 'seconds' | 'parallel' | 'refusals';
  readonly limit: number;
  /** Where the limit is a bot's own part of the session's. */
  readonly isShare: boolean;
}

const NOTHING: Amount = { calls: 0, nanoUsd: 0, tokens: 0 };
const NO_BOT = { ...NOTHING, refusals: 0 };
const NO_TOOL = { calls: 0, running: 0 };

/** Of a session in which nothing was called yet. */
export const unused: Use = { all: NOTHING, byBot: Kept(), byTool: Kept(), running: 0 };

/** Money in whole billionths of a dollar, so that sums are exact. */
const nanoUsd = (usd: number): number => Math.round(usd * 1e9);
/** Dollars again. */
export const usd = (nano: number): number => nano / 1e9;

/** What one bot has used of the session's budget. */
export const usedByBot = (use: Use, bot: string) => use.byBot.get(bot) ?? NO_BOT;
/** How often a tool was called in the session, repetitions not counted. */
export const callsOfTool = (use: Use, tool: string): number => use.byTool.get(tool)?.calls ?? 0;

/** The budget that the call would exceed, or `undefined` where there is room. Waiting may help against `parallel` only. */
export function exceeding(use: Use, ask: Ask, limits: Limits, atMs: number): Exceeded | undefined {
  const { session } = limits;
  const over = (kind: Exceeded['kind'], limit: number, isShare = false): Exceeded => ({ kind, limit, isShare });
  const bot = usedByBot(use, ask.bot);
  if (session.refusals !== undefined && bot.refusals >= session.refusals) return over('refusals', session.refusals);
  if (callsOfTool(use, ask.tool) >= limits.maxCalls) return over('tool', limits.maxCalls);
  if (session.seconds !== undefined && atMs >= limits.beganAtMs + session.seconds * 1_000) {
    return over('seconds', session.seconds);
  }
  const share = session.shares?.find(({ agent }) => agent === ask.bot)?.share;
  for (const [kind, limit, unit] of countable(session)) {
    const wanted = amountOf(ask)[unit];
    if (use.all[unit] + wanted > inUnits(kind, limit)) return over(kind, limit);
    if (share !== undefined && bot[unit] + wanted > Math.floor(inUnits(kind, limit) * share)) {
      return over(kind, limit * share, true);
    }
  }
  if (session.parallel !== undefined && use.running >= session.parallel) return over('parallel', session.parallel);
  const { running } = use.byTool.get(ask.tool) ?? NO_TOOL;
  if (limits.maxParallel !== undefined && running >= limits.maxParallel) return over('parallel', limits.maxParallel);
  return undefined;
}

function countable(
  session: SessionBudget,
): readonly (readonly ['calls' | 'cost_usd' | 'tokens', number, keyof Amount])[] {
  const { calls, cost_usd: cost, tokens } = session;
  return [
    ...(calls === undefined ? [] : [['calls', calls, 'calls'] as const]),
    ...(cost === undefined ? [] : [['cost_usd', cost, 'nanoUsd'] as const]),
    ...(tokens === undefined ? [] : [['tokens', tokens, 'tokens'] as const]),
  ];
}

const inUnits = (kind: Exceeded['kind'], limit: number): number => (kind === 'cost_usd' ? nanoUsd(limit) : limit);

const amountOf = ({ costUsd, tokens }: Pick<Ask, 'costUsd' | 'tokens'>, calls = 1): Amount => ({
  calls,
  nanoUsd: nanoUsd(costUsd),
  tokens,
});

/** The call takes what it asked for. A repetition is no new call, but may reserve more. */
export function reserved(use: Use, ask: Ask, isNewCall: boolean): Use {
  const taken = charged(use, ask.bot, amountOf(ask, isNewCall ? 1 : 0));
  if (!isNewCall) return taken;
  const tool = taken.byTool.get(ask.tool) ?? NO_TOOL;
  return { ...taken, byTool: taken.byTool.set(ask.tool, { ...tool, calls: tool.calls + 1 }) };
}

/** The real cost stands in for what was reserved. @param real what is known of it; the rest costs what was reserved. */
export function settled(use: Use, held: Ask, real: { readonly costUsd?: number; readonly tokens?: number }): Use {
  return charged(use, held.bot, {
    calls: 0,
    nanoUsd: nanoUsd(real.costUsd ?? held.costUsd) - nanoUsd(held.costUsd),
    tokens: (real.tokens ?? held.tokens) - held.tokens,
  });
}

/** @param by 1 where a call of the tool begins to run, -1 where it ends. */
export function running(use: Use, tool: string, by: 1 | -1): Use {
  const of = use.byTool.get(tool) ?? NO_TOOL;
  return {
    ...use,
    running: use.running + by,
    byTool: use.byTool.set(tool, { ...of, running: of.running + by }),
  };
}

/** The use once a bot was refused something. */
export const refusedOnce = (use: Use, bot: string): Use => {
  const of = usedByBot(use, bot);
  return { ...use, byBot: use.byBot.set(bot, { ...of, refusals: of.refusals + 1 }) };
};

function charged(use: Use, bot: string, more: Amount): Use {
  const of = usedByBot(use, bot);
  return { ...use, all: sum(use.all, more), byBot: use.byBot.set(bot, { ...of, ...sum(of, more) }) };
}

const sum = (a: Amount, b: Amount): Amount => ({
  calls: a.calls + b.calls,
  nanoUsd: a.nanoUsd + b.nanoUsd,
  tokens: a.tokens + b.tokens,
});
