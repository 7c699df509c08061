import type { Answer } from '@voorman/decider';
import type { Decision, JsonObject, Recorded } from '@voorman/envelope';
import { type PolicyInput, policyInput, recordedInput } from '@voorman/policy';
import { callsOfTool, type Limits, usd, usedByBot } from '../domain/budget.js';
import type { CallsCommand, Opening } from '../domain/call-command.js';
import { type Call, type Calls, callOf } from '../domain/call-state.js';
import type { GatewayPorts } from '../ports.js';
import { dutiesOf } from './duties.js';
import type { Ledger } from './ledger.js';
import { isDrafting, offerOf, type Wish } from './wish.js';

/** A record's list of facts is no place for a session's whole life. */
const MAX_LISTED = 1_000;

/** Characters of JSON. */
const MAX_KEPT_ARGUMENTS = 8_192;

/** What is put to the decider of the calls once policy has answered. */
export interface AuthorisedCommand {
  readonly wish: Wish;
  readonly command: (opening: Opening) => CallsCommand;
  /** Whether the call, as it is, is still to be decided on: policy is not asked for nothing. */
  readonly concerns: (call: Call | undefined) => boolean;
}

/** Asks policy about calls, with everything that the gateway knows about them, and decides with its answer. */
export class Authority {
  constructor(
    private readonly ports: Pick<GatewayPorts, 'policy' | 'environment' | 'domainOf' | 'digestOf' | 'clock'>,
    private readonly ledger: Ledger,
  ) {}

  /**
   * Policy is asked with the very state that the decision is based on, so that what it knows of the session's past and of
   * its budgets is never out of date. An engine in this process answers at once; one beside it is waited for, and asked
   * again where the session moved on meanwhile.
   */
  async decide({ wish, command, concerns }: AuthorisedCommand): Promise<Answer<Calls, Recorded>> {
    let answered: { readonly state: Calls; readonly decision: Decision } | undefined;
    for (;;) {
      let asking: { readonly state: Calls; readonly decision: Promise<Decision> } | undefined;
      const answer = await this.ledger.decide(wish.record, (state) => {
        if (!concerns(callOf(state, wish.request))) return { type: 'hold' };
        const decision = answered?.state === state ? answered.decision : this.#ask(wish, state);
        if (!(decision instanceof Promise)) return command(this.#opening(wish, decision));
        asking = { state, decision };
        return { type: 'hold' };
      });
      if (asking === undefined) return answer;
      answered = { state: asking.state, decision: await asking.decision };
    }
  }

  /** Policy's answer alone. What was asked stays with it, but for the arguments. */
  async ask(wish: Wish, state: Calls): Promise<Decision> {
    return this.#ask(wish, state);
  }

  #ask(wish: Wish, state: Calls): Decision | Promise<Decision> {
    const input = this.#question(wish, state);
    const answer: Decision | Promise<Decision> = this.ports.policy.decide(input);
    const kept = wish.origin === 'probe' ? wholeInput(input) : recordedInput(input);
    const withInput = (decision: Decision): Decision => ({ ...decision, input: decision.input ?? kept });
    return answer instanceof Promise ? answer.then(withInput) : withInput(answer);
  }

  #question({ record, request, session, meaning, tool, ...wish }: Wish, { use, history }: Calls): PolicyInput {
    const { name, version, type, effect } = tool.manifest;
    const { user, user_role } = session.terms;
    const domain = this.ports.domainOf(request.bot);
    return policyInput({
      action: 'tool_execute',
      tenant: record.tenant,
      session: record.correlation_id,
      task: record.task_id,
      agent: request.bot,
      environment: this.ports.environment,
      tool: { name, version, type, effect },
      arguments: wish.arguments,
      ...(session.publisher === undefined ? {} : { publisher: session.publisher }),
      ...(domain === undefined ? {} : { agent_domain: domain }),
      ...(user === undefined ? {} : { user }),
      ...(user_role === undefined ? {} : { user_role }),
      ...factsOf(meaning),
      budget: {
        calls: use.all.calls,
        tool_calls: callsOfTool(use, name),
        cost_usd: usd(use.all.nanoUsd),
        tokens: use.all.tokens,
        refusals: usedByBot(use, request.bot).refusals,
      },
      history: {
        tools: history.tools.toArray().slice(0, MAX_LISTED),
        data_classes: history.dataClasses.toArray().slice(0, MAX_LISTED),
        denials: history.denials,
      },
    });
  }

  /** All that the beginning of a call depends on, besides what the session did before. */
  #opening({ record, tool, origin, session }: Wish, decision: Decision): Opening {
    const duties = dutiesOf(decision, tool.manifest.type);
    // What a person agreed to is not prepared once more.
    const isDraft = origin === 'request' && (isDrafting(tool) || (!('unmet' in duties) && duties.draft));
    const { budget } = tool.manifest;
    const limits: Limits = {
      session: session.terms.budget,
      beganAtMs: session.beganAtMs,
      maxCalls: budget.max_calls_per_session,
      ...(budget.max_parallel === undefined ? {} : { maxParallel: budget.max_parallel }),
    };
    const digest = this.ports.digestOf?.(tool.manifest.name, session.terms.registry);
    // The log took the request already: it is no earlier than that, whatever our own clock says.
    const atMs = Math.max(this.ports.clock.nowMs(), record.recordedAtMs);
    return { offer: offerOf(tool, isDraft, digest), limits, decision, duties, atMs };
  }
}

/** Of a probe no request holds the arguments, so its decision does, unless they would fill the record. */
const wholeInput = (input: PolicyInput): JsonObject =>
  JSON.stringify(input.arguments ?? {}).length > MAX_KEPT_ARGUMENTS ? recordedInput(input) : (input as JsonObject);

/** What the arguments mean, as policy spells it: lists that are not read-only. */
function factsOf({ query_type, tables, hosts, paths, recipients }: Wish['meaning']) {
  return {
    ...(query_type === undefined ? {} : { query_type }),
    ...(tables === undefined ? {} : { tables: [...tables] }),
    ...(hosts === undefined ? {} : { hosts: [...hosts] }),
    ...(paths === undefined ? {} : { paths: [...paths] }),
    ...(recipients === undefined ? {} : { recipients: [...recipients] }),
  };
}
