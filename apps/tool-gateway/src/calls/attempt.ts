import { type Fault, idempotencyKey, type Recorded } from '@voorman/envelope';
import type { Executed, Execution, Limits } from '@voorman/executors';
import type { Duties } from '../domain/duties.js';
import type { GatewayPorts, Tool } from '../ports.js';
import type { EndpointWatch } from './endpoint-watch.js';
import { type Outcome, outcomeOf, ownFault } from './outcome.js';
import type { RateLeases } from './rate-leases.js';
import { awaitedUntilMs, type Wish } from './wish.js';

/** One attempt that is on record: what may happen in the world now. */
export interface Attempt {
  readonly wish: Wish;
  readonly started: Recorded<'tool-started'>;
  readonly duties: Duties;
  /** When all attempts together have to be over, as the manifest says. Milliseconds since 1970. */
  readonly deadlineMs: number;
  /** A person agreed to exactly this. */
  readonly isApproved: boolean;
}

/** Carries out attempts: past the endpoint's breaker and the tool's rate limit, by its executor, in its time. */
export class Attempts {
  constructor(
    private readonly ports: GatewayPorts,
    private readonly endpoints: EndpointWatch,
    private readonly rates: RateLeases,
  ) {}

  /** @throws what the log and the object store throw; nothing that a tool does. */
  async carryOut(attempt: Attempt, signal: AbortSignal): Promise<Outcome> {
    const { wish, duties } = attempt;
    return outcomeOf(await this.#admitted(attempt, wish.tool, signal), wish, duties, this.ports);
  }

  async #admitted(attempt: Attempt, tool: Tool, signal: AbortSignal): Promise<Executed> {
    const { started, wish } = attempt;
    const { name } = tool.manifest;
    if (!(await this.rates.take(tool, started, Math.min(attempt.deadlineMs, awaitedUntilMs(wish)), signal)))
      return nothing(rateLimited(name));
    const passage = await this.endpoints.enter(tool, started);
    if ('blockedUntil' in passage) return nothing(endpointOpen(name, passage.blockedUntil));
    const executed = await this.#inTime(attempt, tool, signal);
    // A call that was called off says nothing about the endpoint.
    if (!signal.aborted) await this.endpoints.leave(tool, started, passage, executed);
    return executed;
  }

  /** An attempt that would outlive the time for all of them is called off. */
  async #inTime(attempt: Attempt, tool: Tool, signal: AbortSignal): Promise<Executed> {
    const totalMs = tool.manifest.retry.total_ms;
    if (totalMs === undefined) return this.#carriedOut(executionOf(attempt, tool, signal));
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    let isOver = false;
    const leftMs = Math.max(0, attempt.deadlineMs - this.ports.clock.nowMs());
    void this.ports.wait(leftMs, either).then(() => {
      if (either.aborted) return;
      isOver = true;
      over.abort(OVER);
    });
    const executed = await this.#carriedOut(executionOf(attempt, tool, either));
    over.abort(OVER);
    if (!isOver || executed.kind === 'output') return executed;
    return { ...executed, fault: outOfTime(tool.manifest.name, totalMs), retryable: false };
  }

  /** A throw is our own fault, and says nothing about whether the tool acted: the call ends all the same, on record. */
  async #carriedOut(execution: Execution): Promise<Executed> {
    try {
      return await this.ports.executor.execute(execution);
    } catch (fault) {
      const { name } = execution.tool.manifest;
      this.ports.report(name, fault);
      return { kind: 'unknown', fault: ownFault(name), durationMs: 0, retryable: true };
    }
  }
}

function executionOf({ wish, started, duties, isApproved }: Attempt, tool: Tool, signal: AbortSignal): Execution {
  const { record, request } = wish;
  const caller = { tenant: record.tenant, session: record.correlation_id, agent: request.bot };
  // Whoever agreed wants it sent.
  const limits = limitsOf(isApproved ? { ...duties, draft: false } : duties);
  return {
    tool,
    arguments: wish.arguments,
    key: idempotencyKey({ ...caller, bot: request.bot, callId: request.callId }),
    attempt: started.payload.attempt,
    caller,
    ...(limits === undefined ? {} : { limits }),
    ...(isApproved ? { approved: true } : {}),
    signal,
  };
}

function limitsOf({ maxRows, conditions, draft, sandbox }: Duties): Limits | undefined {
  if (maxRows === undefined && conditions.length === 0 && !draft && sandbox === undefined) return undefined;
  return {
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(draft ? { draftOnly: true } : {}),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

/** Without a reason of its own, aborting makes an exception with a stack, call after call. */
const OVER = 'over';

/** Nothing was sent. */
const nothing = (fault: Fault): Executed => ({ kind: 'fault', fault, durationMs: 0, retryable: false });

const rateLimited = (tool: string): Fault => ({
  code: 'tool/rate-limited',
  message: `${tool} was called as often as its rate limit allows, and no call came free in time.`,
  next: 'Ask again later, or raise rate_limit in the tool’s manifest.',
});

const endpointOpen = (tool: string, until: string): Fault => ({
  code: 'tool/endpoint-open',
  message: `The service behind ${tool} failed several times in a row; nothing is sent to it until ${until}.`,
  next: 'Ask again later, or finish without this tool.',
});

const outOfTime = (tool: string, totalMs: number): Fault => ({
  code: 'tool/timeout',
  message: `All attempts of ${tool} together may take ${totalMs} ms, which are over.`,
  next: 'Ask for less at once, or raise retry.total_ms in the tool’s manifest.',
});
