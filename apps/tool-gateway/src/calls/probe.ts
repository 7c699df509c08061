import { idempotencyKey, type JsonObject } from '@voorman/envelope';
import { render, TemplateError } from '@voorman/workflow';
import { type Calls, callOf } from '../domain/call-state.js';
import type { GatewayPorts } from '../ports.js';
import type { Authority } from './authority.js';
import { dutiesOf } from './duties.js';
import type { Ledger } from './ledger.js';
import { understood, type Wish } from './wish.js';

/** Waits before each try: a service may know of a call only a moment after the connection to it was lost. Milliseconds. */
const PAUSES_MS = [500, 2_000, 8_000];

/** Settles doubts by asking the service, where a tool's manifest names a tool that can. */
export class Probes {
  constructor(
    private readonly ports: GatewayPorts,
    private readonly ledger: Ledger,
    private readonly authority: Authority,
  ) {}

  /** Does nothing where the call is not in doubt, or nothing can be asked; a person settles it then. */
  async settle(wish: Wish, state: Calls, signal: AbortSignal): Promise<void> {
    const { probe } = wish.tool.manifest;
    if (probe === undefined || callOf(state, wish.request)?.status !== 'in-doubt') return;
    const asking = await this.#asking(wish, probe, state);
    if (asking === undefined) return;
    for (const pauseMs of PAUSES_MS) {
      await this.ports.wait(pauseMs, signal);
      const found = await this.#ask(asking, signal);
      if (found === undefined) continue;
      const because = `${probe.tool} asked the service.`;
      const { request, record } = wish;
      const { happened, output } = found;
      const by = probe.tool;
      await this.ledger.decide(record, () => ({ type: 'settle', request, happened, because, by, output }));
      return;
    }
  }

  /** What to ask, if it can be put into words, only reads, and policy lets the bot ask it. */
  async #asking(
    wish: Wish,
    probe: { readonly tool: string; readonly arguments: JsonObject },
    state: Calls,
  ): Promise<Wish | undefined> {
    const { tool: _its, meaning: _too, ...raw } = wish;
    const filled = this.#filled(wish, probe.arguments);
    if (filled === undefined) return undefined;
    const asking = await understood({ ...raw, arguments: filled }, probe.tool, this.ports);
    if ('fault' in asking) return this.#unable(wish, asking.fault.message);
    if (asking.tool.manifest.effect !== 'read') return this.#unable(wish, `${probe.tool} does not only read.`);
    const decision = await this.authority.ask(asking, state);
    const duties = dutiesOf(decision, asking.tool.manifest.type);
    const isAllowed = decision.allow && !('unmet' in duties) && duties.approval === undefined;
    return isAllowed ? asking : this.#unable(wish, `policy does not let ${wish.request.bot} use ${probe.tool}.`);
  }

  #filled(wish: Wish, template: JsonObject): JsonObject | undefined {
    const { bot, callId } = wish.request;
    const { tenant, correlation_id: session } = wish.record;
    const key = idempotencyKey({ tenant, session, bot, callId });
    try {
      return render(template, { call: { key, arguments: wish.arguments } }) as JsonObject;
    } catch (fault) {
      if (fault instanceof TemplateError) return this.#unable(wish, fault.message);
      throw fault;
    }
  }

  async #ask(asking: Wish, signal: AbortSignal) {
    const { record, request, tool } = asking;
    const caller = { tenant: record.tenant, session: record.correlation_id, agent: request.bot };
    const key = idempotencyKey({ ...caller, bot: request.bot, callId: request.callId });
    const executed = await this.ports.executor.execute({
      tool,
      arguments: asking.arguments,
      key,
      attempt: 1,
      caller,
      signal,
    });
    if (executed.kind !== 'output') return undefined;
    const { happened } = executed.output;
    if (typeof happened !== 'boolean') return undefined;
    const { output } = this.ports.redact(executed.output, tool.manifest.redact.fields, tool.manifest.redact.keep);
    return { happened, output };
  }

  #unable(wish: Wish, why: string): undefined {
    const { name } = wish.tool.manifest;
    this.ports.report(name, new Error(`A call of ${name} in doubt cannot be probed: ${why}`));
    return undefined;
  }
}
