import {
  type Boundary,
  type Decision,
  type Draft,
  type JsonObject,
  type PayloadOf,
  type Recorded,
  type SessionTerms,
  sealDraft,
  serviceBoundary,
  sessionStory,
  taskGrant,
} from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import { readAll } from '@voorman/log';
import { MemoryStore, memoryConnection, VirtualTime } from '@voorman/log/memory';
import type { PolicyEngine } from '@voorman/policy';
import { compileTool, type LoadedTool, ToolManifest } from '@voorman/registry';
import { CallHandler } from '../call.handler.js';
import type { GatewayPorts } from '../ports.js';

/** What a tool does in a test: its result, or never any. */
export type Deed = (execution: Execution) => Promise<Executed> | Executed;

export const output = (given: JsonObject = { done: true }): Executed => ({
  kind: 'output',
  output: given,
  durationMs: 1,
  retryable: false,
});

/** The attempt failed in passing: nothing happened, and it may go well a moment later. */
export const passing = (): Executed => ({
  kind: 'fault',
  fault: { code: 'tool/failed', message: 'Busy.', next: 'Wait.' },
  durationMs: 1,
  retryable: true,
});

/** An attempt that never comes to an end. */
export const never: Deed = () => new Promise(() => undefined);

export const manifest = (more: Record<string, unknown> = {}): LoadedTool => {
  const given = {
    name: 'search_web',
    version: '1.2.0',
    type: 'process',
    command: ['search'],
    effect: 'read',
    schema: { input: { query: 'string', max_results: 'integer' }, output: { done: 'boolean' } },
    budget: { max_calls_per_session: 20, cost_per_call_usd: 0.0005 },
    ...more,
  };
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  const parsed = ToolManifest.parse(Object.fromEntries(named));
  return Object.assign(parsed, { file: 'tools/sample/tool.yaml', folder: 'tools/sample' });
};

export const decision: Decision = {
  action: 'tool_execute',
  allow: true,
  reasons: ['listed'],
  bundle: 'r1',
  latency_us: 1,
};
export const allowing: PolicyEngine = { revision: 'r1', decide: () => decision };
export const refusal: Decision = { ...decision, allow: false, reasons: ['not listed'] };
export const denying: PolicyEngine = { revision: 'r1', decide: () => refusal };

const SESSION = { tenant: 'default', session: 's1', ttlSeconds: 60 };

/** A session on a log in memory, with a bot that asks, any number of gateways, and hours that pass at once. */
export class GatewaySession {
  readonly time = new VirtualTime();
  readonly store = new MemoryStore({ scheduler: this.time });
  readonly tools = new Map(
    [manifest(), manifest({ name: 'pay', effect: 'once' })].map((m) => [m.name, compileTool(m)]),
  );
  readonly reported: unknown[] = [];
  /** What `doing` was asked to carry out, oldest first. */
  readonly executions: Execution[] = [];
  readonly #bot = memoryConnection(this.store, 'sre-bot');
  readonly #foreman = memoryConnection(this.store, 'orchestrator');
  readonly #answers: Recorded[] = [];
  #answered: () => void = () => undefined;
  #ids = 0;

  constructor() {
    void this.#bot.log.follow(async (record) => {
      if (record.type === 'task-requested') return;
      this.#answers.push(record);
      this.#answered();
    });
  }

  /** A tool that gives this result each time. */
  doing(result: Executed | (() => Executed) = output()): Deed {
    return (execution) => {
      this.executions.push(execution);
      return typeof result === 'function' ? result() : result;
    };
  }

  /** The log as a gateway sees it. */
  connection() {
    return memoryConnection(this.store, 'tool-gateway');
  }

  /** Starts a gateway; returns how to end it without a word. */
  async gateway(deed: Deed, more: Partial<GatewayPorts> = {}): Promise<() => void> {
    const connection = memoryConnection(this.store, 'tool-gateway');
    const handler = this.handler(deed, { log: connection.log, ...more });
    await connection.log.follow(
      (record, delivery) => {
        if (record.type === 'tool-requested') return handler.toolRequested(record, delivery);
        if (record.type === 'session-cancelled') return handler.sessionCancelled(record);
        if (record.type === 'approval-given') return handler.approvalGiven(record, delivery);
        if (record.type === 'settlement-requested') return handler.settlementRequested(record);
        return Promise.resolve();
      },
      // Few, so that replicas share what comes.
      { slots: 8 },
    );
    return () => connection.kill();
  }

  /** A gateway's handler that follows nothing. While an executor, policy or registry of the test's own works, time stands still. */
  handler(deed: Deed, more: Partial<GatewayPorts> = {}): CallHandler {
    const { executor, policy, tools } = more;
    const still = <Done>(work: Done | Promise<Done>) => (work instanceof Promise ? this.time.during(work) : work);
    return new CallHandler({
      log: memoryConnection(this.store, 'tool-gateway').log,
      policy: allowing,
      payloads: memoryConnection(this.store, 'tool-gateway').payloads,
      tools: () => this.tools,
      domainOf: () => 'operations',
      random: () => 1,
      redact: async (output) => ({ output, redacted: [] }),
      executor: { execute: async (execution) => deed(execution), meaning: async () => ({}) },
      clock: this.time,
      ids: { next: () => this.#id() },
      wait: (ms) => this.time.wait(ms),
      report: (_tool, fault) => this.reported.push(fault),
      environment: 'test',
      ...more,
      ...(executor && {
        executor: {
          execute: (...execution) => this.time.during(executor.execute(...execution)),
          meaning: (...asked) => this.time.during(executor.meaning(...asked)),
        },
      }),
      ...(policy && {
        policy: {
          get revision() {
            return policy.revision;
          },
          decide: (input) => still(policy.decide(input)),
        },
      }),
      ...(tools && { tools: (revision) => still(tools(revision)) }),
    });
  }

  /** A bot asks for a call in a task that it was given, one and the same unless another is named. */
  async request(callId = 'c1', tool = 'search_web', args?: JsonObject, task = 't1', bot = 'sre-bot'): Promise<void> {
    if ((await this.#foreman.log.last(taskGrant(SESSION.tenant, SESSION.session, task, bot))) === 0) {
      await this.#say({ type: 'task-requested', target: bot, payload: { goal: 'x' } }, task);
    }
    await this.ask(callId, tool, args, task, bot);
  }

  /** A bot asks for a call, whether or not the task is its own: a process takes the records of one task in a row. */
  async ask(callId = 'c1', tool = 'search_web', args?: JsonObject, task = 't1', bot = 'sre-bot'): Promise<void> {
    const payload = {
      state: 'EXECUTE' as const,
      call_id: callId,
      tool,
      step: 'look',
      arguments: args ?? { query: 'x', max_results: 1 },
    };
    const seal = { ...SESSION, source: bot, task, id: this.#id(), atMs: this.time.nowMs() };
    const { log } = bot === 'sre-bot' ? this.#bot : memoryConnection(this.store, bot);
    await log.append(sealDraft({ type: 'tool-requested', target: 'tool-gateway', payload }, seal));
  }

  /** The session's first record, as the orchestrator writes it. */
  async begin(terms: SessionTerms, publisher = 'crm', target = 'orchestrator', task = 't0'): Promise<void> {
    const delegation = { on_behalf_of: publisher, root_task_id: task, decision, terms };
    await this.#say({ type: 'task-requested', target, payload: { goal: 'x', delegation } }, task);
  }

  /** The boundaries that a gateway reads while a bot makes so many calls, one after the other. */
  async readsOf(calls: number, begin: () => Promise<void>): Promise<Boundary[]> {
    const reads: Boundary[] = [];
    const { log } = this.connection();
    await begin();
    await this.gateway(this.doing(), {
      log: {
        isReplicated: log.isReplicated,
        append: log.append.bind(log),
        last: log.last.bind(log),
        follow: log.follow.bind(log),
        read: (boundary, after, limit) => {
          reads.push(boundary);
          return log.read(boundary, after, limit);
        },
      },
    });
    for (let call = 1; call <= calls; call += 1) {
      await this.request(`c${call}`);
      await this.answers(call);
    }
    return reads;
  }

  /** A person's word on what was proposed last, unless another digest is named. */
  async approve(more: Partial<PayloadOf<'approval-given'>> = {}): Promise<void> {
    const proposed = (await this.written()).findLast((record) => record.type === 'approval-requested');
    if (proposed?.type !== 'approval-requested') throw new Error('Nothing waits for an approval.');
    const { call_id, agent, digest } = proposed.payload;
    const payload = { call_id, agent, digest, approved: true, because: 'Fine.', approved_by: 'ada', ...more };
    await this.#say({ type: 'approval-given', target: 'tool-gateway', payload }, proposed.task_id);
  }

  /** Somebody found out what became of a call. */
  async settle(callId: string, happened: boolean): Promise<void> {
    const payload = { call_id: callId, agent: 'sre-bot', happened, because: 'Asked them.', settled_by: 'ada' };
    await this.#say({ type: 'settlement-requested', target: 'tool-gateway', payload }, 't1');
  }

  /** The endpoints and rate limits of all sessions. */
  shared(): Promise<Recorded[]> {
    return readAll(this.#foreman.log, sessionStory('system', 'endpoints'));
  }

  async cancel(): Promise<void> {
    const payload = { root_task_id: 't0', reason: 'enough' };
    await this.#say({ type: 'session-cancelled', target: 'tool-gateway', payload }, 't0');
  }

  async #say(draft: Draft, task: string): Promise<void> {
    const seal = { ...SESSION, source: 'orchestrator', task, id: this.#id(), atMs: this.time.nowMs() };
    await this.#foreman.log.append(sealDraft(draft, seal));
  }

  /** What the bot was told, once it was told `count` things. */
  async answers(count = 1): Promise<Recorded[]> {
    while (this.#answers.length < count) {
      await new Promise<void>((resolve) => {
        this.#answered = resolve;
      });
    }
    return this.#answers;
  }

  /** Everything that a bot recorded, oldest first. */
  wishes(bot = 'sre-bot'): Promise<Recorded[]> {
    return readAll(this.#foreman.log, serviceBoundary('default', 's1', bot));
  }

  /** Everything that gateways recorded, oldest first. */
  written(): Promise<Recorded[]> {
    return readAll(this.#foreman.log, serviceBoundary('default', 's1', 'tool-gateway'));
  }

  /** The types of what gateways recorded, once one of that type is there `count` times. */
  async typesUntil(type: Recorded['type'], count = 1): Promise<string[]> {
    for (;;) {
      const types = (await this.written()).map((record) => record.type);
      if (types.filter((each) => each === type).length >= count) return types;
      await this.time.wait(10);
    }
  }

  #id(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }
}
