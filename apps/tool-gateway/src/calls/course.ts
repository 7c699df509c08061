import type { Answer } from '@voorman/decider';
import type { Recorded } from '@voorman/envelope';
import { backoffMs } from '../domain/backoff.js';
import type { FinishCommand, Result } from '../domain/call-command.js';
import { type Calls, callOf } from '../domain/call-state.js';

import { CallUnsettledError } from '../errors.js';
import type { GatewayPorts } from '../ports.js';
import type { Attempt, Attempts } from './attempt.js';
import type { Authority } from './authority.js';
import { dutiesOf } from './duties.js';
import type { Ledger } from './ledger.js';
import type { Outcome } from './outcome.js';
import { taskOver } from './task-grants.js';
import { awaitedUntilMs, digestOf, understood, type Wish } from './wish.js';

/** The course of a call from its first started record to its end: attempts, waits, and whatever stands in for the tool. */
export class Courses {
  constructor(
    private readonly ports: GatewayPorts,
    private readonly ledger: Ledger,
    private readonly authority: Authority,
    private readonly attempts: Attempts,
  ) {}

  /**
   * Resolves with the session's calls once the end is on record. A call that began when nobody waited for it any more
   * ends there, and nothing is sent.
   * @throws {CallUnsettledError} another attempt of the call is under way elsewhere.
   */
  async run(first: Attempt, signal: AbortSignal): Promise<Calls> {
    if (await this.#isTooLate(first)) {
      return this.#finish(first.wish, first, tooLate, first.started.payload.attempt === 1 ? FREE : undefined);
    }
    let current = first;
    let spent: Result['cost'];
    for (;;) {
      const outcome = await this.attempts.carryOut(current, signal);
      spent = sumOf(spent, outcome.result.cost);
      const next = (await this.#again(current, outcome, signal)) ?? (await this.#instead(current, outcome, signal));
      if (next === undefined) return this.#finish(first.wish, current, outcome, spent);
      current = next;
    }
  }

  /**
   * Our own clock makes us look, the log's says so: one that is ahead keeps no call from being carried out. The moment at
   * which the log took the start is known only once it is read.
   */
  async #isTooLate({ wish, started }: Attempt): Promise<boolean> {
    const { endsAtMs = Number.POSITIVE_INFINITY } = wish;
    return this.ports.clock.nowMs() >= endsAtMs && (await this.ledger.recordedAtMs(started)) >= endsAtMs;
  }

  /** The same tool once more, after a wait, where the manifest says that this is harmless. */
  async #again(current: Attempt, outcome: Outcome, signal: AbortSignal): Promise<Attempt | undefined> {
    const { wish, started } = current;
    const { attempt, max_attempts } = started.payload;
    const { retry } = wish.tool.manifest;
    if (!outcome.retryable || attempt >= max_attempts) return undefined;
    const askedMs = outcome.retryAfterMs ?? 0;
    const waitMs = Math.max(backoffMs(retry, tryOf(current), this.ports.random()), askedMs);
    const atMs = this.ports.clock.nowMs();
    if (atMs + waitMs >= current.deadlineMs || atMs + askedMs >= awaitedUntilMs(wish)) return undefined;
    await this.ports.wait(waitMs, signal);
    const { appended } = await this.repeat(wish, attempt, false);
    const next = begun(wish, appended);
    return next && { ...next, deadlineMs: current.deadlineMs };
  }

  /** Records the next attempt, where there is to be one. */
  repeat(wish: Wish, attempt: number, afterCrash: boolean): Promise<Answer<Calls, Recorded>> {
    const { request, origin } = wish;
    return this.authority.decide({
      wish,
      concerns: (call) => call?.status === 'drafted' || (call?.status === 'started' && call.attempt === attempt),
      command: ({ offer, decision, duties }) => ({
        type: 'repeat',
        request,
        attempt,
        origin,
        afterCrash,
        offer,
        decision,
        duties,
      }),
    });
  }

  /** Another tool with the same output, where this one could not. */
  async #instead(current: Attempt, outcome: Outcome, signal: AbortSignal): Promise<Attempt | undefined> {
    const { wish, started } = current;
    const { fallback, name } = wish.tool.manifest;
    const { kind } = outcome.result;
    if (fallback === undefined || kind === 'output' || outcome.hasActed || signal.aborted) return undefined;
    const { tool: _its, meaning: _too, ...raw } = wish;
    const other = await understood(raw, fallback, this.ports);
    if ('fault' in other) {
      this.ports.report(name, new Error(`${fallback} cannot stand in: ${other.fault.message}`));
      return undefined;
    }
    if (JSON.stringify(other.tool.outputSchema) !== JSON.stringify(wish.tool.outputSchema)) {
      this.ports.report(name, new Error(`${fallback} cannot stand in: it promises another output.`));
      return undefined;
    }
    const { attempt } = started.payload;
    const { request } = wish;
    const { appended } = await this.authority.decide({
      wish: other,
      concerns: (call) => call?.status === 'started' && call.attempt === attempt,
      command: (opening) => ({ ...opening, type: 'fall-back', request, attempt, cause: kind }),
    });
    return begun(other, appended);
  }

  async #finish(asked: Wish, current: Attempt, outcome: Outcome, cost: Result['cost']): Promise<Calls> {
    const { request, record } = asked;
    const { wish, started } = current;
    const { attempt } = started.payload;
    const { name } = wish.tool.manifest;
    const served = name === request.tool ? {} : { served_by: name };
    const result: Result = { ...outcome.result, ...served, ...(cost === undefined ? {} : { cost }) };
    const draft = outcome.isDraft && !current.isApproved ? { draft: draftOf(current) } : {};
    const { state } = await this.ledger.decide(record, () => ({
      type: 'finish',
      request,
      attempt,
      result,
      ...draft,
    }));
    requireEnd(state, asked);
    return state;
  }
}

/**
 * Acknowledging settles the request for every replica, so it waits for the call's end: another attempt of it may die.
 * @throws {CallUnsettledError} the call still runs elsewhere.
 */
export function requireEnd(state: Calls, { request }: Pick<Wish, 'request'>): void {
  if (callOf(state, request)?.status === 'started') throw new CallUnsettledError(request.tool);
}

/**
 * What may happen now that it is on record; `undefined` where nothing started.
 * @param beganAtMs when the first attempt was recorded, where this is not the first.
 */
export function begun(wish: Wish, appended: readonly Recorded[], beganAtMs?: number): Attempt | undefined {
  const started = appended.findLast((record): record is Recorded<'tool-started'> => record.type === 'tool-started');
  if (started === undefined) return undefined;
  const duties = dutiesOf(started.payload.decision, wish.tool.manifest.type);
  // The decider starts nothing under an obligation that nobody can meet.
  if ('unmet' in duties) return undefined;
  const { total_ms = Number.POSITIVE_INFINITY } = wish.tool.manifest.retry;
  return {
    wish,
    started,
    duties,
    deadlineMs: (beganAtMs ?? started.recordedAtMs) + total_ms,
    // A person agrees to one tool, not to what may stand in for it.
    isApproved: wish.origin === 'approval' && started.payload.fallback_for === undefined,
  };
}

/** Of a first attempt that was none; what an earlier one cost nobody knows. */
const FREE = { usd: 0, tokens: 0 };

/** Nothing was sent. */
const tooLate: Outcome = {
  result: { kind: 'fault', fault: taskOver, durationMs: 0 },
  retryable: false,
  hasActed: false,
  isDraft: false,
};

/** What was prepared, for a person who may send it. */
function draftOf({ wish, started }: Attempt): NonNullable<FinishCommand['draft']> {
  const { name, version } = wish.tool.manifest;
  const digest = digestOf(name, wish.arguments);
  const reason = `${name} prepared this and sent nothing.`;
  return { version, arguments: wish.arguments, digest, reason, decision: started.payload.decision };
}

/** Which try of this tool it is, counted from 1. */
const tryOf = ({ started, wish }: Attempt): number => {
  const { attempt, max_attempts } = started.payload;
  return Math.max(1, attempt - (max_attempts - wish.tool.manifest.retry.max_attempts));
};

function sumOf(a: Result['cost'], b: Result['cost']): Result['cost'] {
  if (a === undefined || b === undefined) return a ?? b;
  const usd = a.usd === undefined && b.usd === undefined ? {} : { usd: (a.usd ?? 0) + (b.usd ?? 0) };
  const tokens = a.tokens === undefined && b.tokens === undefined ? {} : { tokens: (a.tokens ?? 0) + (b.tokens ?? 0) };
  return { ...usd, ...tokens };
}
