import {
  type Boundary,
  type Decision,
  type Fault,
  type JsonObject,
  type Recorded,
  serviceBoundary,
} from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import { Decisions, type Delivery } from '@voorman/log';
import { policyInput } from '@voorman/policy';
import { type CompiledTool, type LoadedTool, nearest } from '@voorman/registry';
import { backoffMs } from './domain/backoff.js';
import { type Call, type Calls, type CallsCommand, callName, calls, type Request } from './domain/calls.js';
import { CallUnsettledError } from './errors.js';
import { GATEWAY, type GatewayPorts } from './ports.js';

/** How long a call that another replica began is given before it counts as left behind. Milliseconds. */
const ELSEWHERE_MS = 2_000;

/** One bot's wish, and everything that is known about it. */
interface Wish {
  readonly record: Recorded<'tool-requested'>;
  readonly request: Request;
  readonly tool: CompiledTool<LoadedTool>;
  readonly decision: Decision;
}

/** Validate, authorise, reserve, execute, validate, record: the only way from a bot to the world. */
export class CallHandler {
  readonly #decisions: Decisions<Calls, CallsCommand>;
  /** Calls under way in this process, so that a copy of a request joins instead of looking like a crash. */
  readonly #running = new Map<
    string,
    { readonly session: string; readonly abort: AbortController; done: Promise<void> }
  >();

  constructor(private readonly ports: GatewayPorts) {
    this.#decisions = new Decisions(ports.log, calls, ports.clock, ports.ids);
  }

  /** Resolves once the call has ended, in whatever way, and that is recorded. */
  async toolRequested(record: Recorded<'tool-requested'>, delivery: Delivery): Promise<void> {
    const key = `${sessionKey(record)} ${callName(record.source_agent, record.payload.call_id)}`;
    const running = this.#running.get(key);
    if (running) return running.done;
    const abort = new AbortController();
    const done = this.#open(record, delivery, abort.signal).finally(() => this.#running.delete(key));
    this.#running.set(key, { session: sessionKey(record), abort, done });
    return done;
  }

  /** Nothing of the session starts any more, and what runs in this process is stopped. */
  async sessionCancelled(record: Recorded<'session-cancelled'>): Promise<void> {
    await this.#decide(record, () => ({ type: 'close', reason: record.payload.reason }));
    for (const call of this.#running.values()) if (call.session === sessionKey(record)) call.abort.abort();
  }

  async #open(record: Recorded<'tool-requested'>, delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { call_id: callId, tool: name } = record.payload;
    const request: Request = { callId, tool: name, bot: record.source_agent };
    const tool = this.ports.tools.get(name);
    if (tool === undefined) return this.#refuse(record, request, this.#unknownTool(name));
    const fault = tool.checkArguments(record.payload.arguments);
    if (fault) return this.#refuse(record, request, fault);
    const wish: Wish = { record, request, tool, decision: this.#authorise(record, tool) };
    const attempt = (await this.#start(wish)) ?? (await this.#takeOver(wish, delivery, signal));
    if (attempt !== undefined) await this.#run(wish, attempt, signal);
  }

  async #refuse(record: Recorded<'tool-requested'>, request: Request, fault: Fault): Promise<void> {
    await this.#decide(record, () => ({ type: 'refuse', request, fault }));
  }

  /** Reserves the budget and records the start; the attempt's number, or `undefined` where there is nothing to do here. */
  async #start({ record, request, tool, decision }: Wish): Promise<number | undefined> {
    const { version, effect, retry, budget } = tool.manifest;
    const { appended } = await this.#decide(record, () => ({
      type: 'start',
      request,
      version,
      effect,
      maxAttempts: retry.max_attempts,
      maxCalls: budget.max_calls_per_session,
      costUsd: budget.cost_per_call_usd,
      decision,
    }));
    return appended.at(-1)?.type === 'tool-started' ? 1 : undefined;
  }

  /**
   * A call that was started but not by us: its gateway may be dead. A record that was delivered before says so; one that
   * was not may come from a server that forgot its deliveries, so whoever holds the call is given a moment first.
   */
  async #takeOver(wish: Wish, delivery: Delivery, signal: AbortSignal): Promise<number | undefined> {
    let found = await this.#find(wish);
    if (found?.status !== 'started') return undefined;
    if (delivery.count === 1) {
      await this.ports.wait(ELSEWHERE_MS, signal);
      found = await this.#find(wish);
      if (found?.status !== 'started') return undefined;
    }
    return this.#repeat(wish, found.attempt, true);
  }

  /**
   * Acknowledging settles the request for every replica, so it waits for the call's end: another attempt of it may die.
   * @throws {CallUnsettledError} the call still runs elsewhere.
   */
  #requireEnd(wish: Wish, state: Calls): void {
    const { bot, callId, tool } = wish.request;
    if (state.byName.get(callName(bot, callId))?.status === 'started') throw new CallUnsettledError(tool);
  }

  async #find({ record, request }: Wish): Promise<Call | undefined> {
    const { byName } = await this.#decisions.look(boundaryOf(record));
    return byName.get(callName(request.bot, request.callId));
  }

  async #repeat(wish: Wish, attempt: number, afterCrash: boolean): Promise<number | undefined> {
    const { record, request, tool } = wish;
    const decision = this.#authorise(record, tool);
    const { version } = tool.manifest;
    const { appended, state } = await this.#decide(record, () => ({
      type: 'repeat',
      request,
      attempt,
      afterCrash,
      version,
      decision,
    }));
    if (appended.at(-1)?.type === 'tool-started') return attempt + 1;
    if (afterCrash) this.#requireEnd(wish, state);
    return undefined;
  }

  /** Acts, once the start is recorded; repeats what failed in passing where the manifest says that this is harmless. */
  async #run(wish: Wish, first: number, signal: AbortSignal): Promise<void> {
    const { record, request, tool } = wish;
    for (let attempt = first; ; ) {
      const result = await this.#execute(wish, attempt, signal);
      if (result.retryable && attempt < tool.manifest.retry.max_attempts) {
        await this.ports.wait(backoffMs(tool.manifest.retry, attempt), signal);
        const next = await this.#repeat(wish, attempt, false);
        if (next !== undefined) {
          attempt = next;
          continue;
        }
      }
      const { state } = await this.#decide(record, () => ({ type: 'finish', request, attempt, result }));
      this.#requireEnd(wish, state);
      return;
    }
  }

  async #execute({ record, request, tool }: Wish, attempt: number, signal: AbortSignal): Promise<Executed> {
    const args: JsonObject = record.payload.arguments;
    const result = await this.#carriedOut({
      tool,
      arguments: args,
      key: request.callId,
      attempt,
      caller: { tenant: record.tenant, session: record.correlation_id, agent: record.source_agent },
      signal,
    });
    const fault = result.kind === 'output' ? tool.checkOutput(result.output) : undefined;
    if (!fault) return result;
    return { kind: 'fault', fault, durationMs: result.durationMs, retryable: tool.manifest.effect !== 'once' };
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

  #authorise(record: Recorded<'tool-requested'>, tool: CompiledTool): Decision {
    const { name, version, type, effect } = tool.manifest;
    return this.ports.policy.decide(
      policyInput({
        action: 'tool_execute',
        tenant: record.tenant,
        session: record.correlation_id,
        task: record.task_id,
        agent: record.source_agent,
        environment: this.ports.environment,
        tool: { name, version, type, effect },
        arguments: record.payload.arguments,
      }),
    );
  }

  #unknownTool(name: string): Fault {
    const near = nearest(name, [...this.ports.tools.keys()]);
    return {
      code: 'tool/unknown',
      message: `There is no tool called ${name.slice(0, 64)}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
      next: 'Use a tool that the bot’s manifest lists.',
    };
  }

  #decide(record: Recorded, command: (state: Calls) => CallsCommand) {
    return this.#decisions.decide({
      boundary: boundaryOf(record),
      command,
      // Sessions begin more often than a gateway forgets one.
      expectsEmpty: true,
      seal: {
        source: GATEWAY,
        tenant: record.tenant,
        session: record.correlation_id,
        task: record.task_id,
        ttlSeconds: record.ttl_seconds,
        causationId: record.id,
      },
    });
  }
}

const sessionKey = (record: Recorded): string => `${record.tenant} ${record.correlation_id}`;

const boundaryOf = (record: Recorded): Boundary => serviceBoundary(record.tenant, record.correlation_id, GATEWAY);

const ownFault = (tool: string): Fault => ({
  code: 'tool/gateway-fault',
  message: `The gateway met a fault of its own while it carried out ${tool}; the tool may or may not have acted.`,
  next: 'Look at the log of the tool-gateway, which names the fault.',
});
