import { type Decision, FOREMAN, type JsonObject, type Obligation, type Recorded } from '@voorman/envelope';

/** One decision of policy as `decision-log --json` shows it at the least; the names are promised. */
export interface LoggedDecision {
  readonly position: number;
  readonly recorded_at: string;
  readonly action: string;
  /** Who wanted to act. */
  readonly agent: string;
  /** Absent tools are null: the decision was about handing something over. */
  readonly tool: string | null;
  /** Who was to get the task; null for a tool. */
  readonly target: string | null;
  readonly allow: boolean;
  readonly reasons: readonly string[];
  readonly bundle: string;
  readonly latency_us: number;
}

/** A decision with the record that holds it and all that is known of the question. */
export interface FoundDecision extends LoggedDecision {
  readonly id: string;
  readonly tenant: string;
  readonly session: string;
  /** Who asked policy: the enforcement point. */
  readonly asked_by: string;
  readonly obligations: readonly Obligation[];
  /** The question as it was recorded, with the arguments of the call where it was about one; absent where it was not kept. */
  readonly input?: JsonObject;
}

type About = Pick<LoggedDecision, 'agent' | 'tool' | 'target'>;

interface Found {
  readonly decision: Decision;
  readonly about: About;
  readonly callArguments?: JsonObject;
}

/** Finds the decisions in records, in the order in which these were recorded. */
export class DecisionReader {
  /** An answer repeats the refusals of its plans. */
  readonly #refusals = new Set<string>();
  /** What was asked for, by call: the gateway's record of a decision repeats it only where nobody but itself asked. */
  readonly #requested = new Map<string, JsonObject>();

  /** The decisions that one record holds; the records of a session must come in order. */
  read(record: Recorded): FoundDecision[] {
    return this.#found(record).map(({ decision, about, callArguments }) => ({
      position: record.position,
      recorded_at: new Date(record.recordedAtMs).toISOString(),
      action: decision.action,
      ...about,
      allow: decision.allow,
      reasons: decision.reasons,
      bundle: decision.bundle,
      latency_us: decision.latency_us,
      id: record.id,
      tenant: record.tenant,
      session: record.correlation_id,
      asked_by: record.source_agent,
      obligations: decision.obligations ?? [],
      ...(decision.input === undefined
        ? {}
        : { input: callArguments === undefined ? decision.input : { arguments: callArguments, ...decision.input } }),
    }));
  }

  #found(record: Recorded): Found[] {
    switch (record.type) {
      case 'tool-requested':
        this.#requested.set(callMark(record, record.source_agent, record.payload.call_id), record.payload.arguments);
        return [];
      case 'tool-started':
      case 'approval-requested': {
        const { decision, agent, tool, call_id } = record.payload;
        return [this.#ofCall(record, decision, agent, tool, call_id)];
      }
      case 'tool-refused': {
        const { decision, tool, call_id } = record.payload;
        return decision === undefined ? [] : [this.#ofCall(record, decision, record.target_agent, tool, call_id)];
      }
      case 'task-requested': {
        const { delegation } = record.payload;
        if (delegation === undefined) return [];
        const { decision, on_behalf_of } = delegation;
        const agent = decision.action === 'publish' ? on_behalf_of : FOREMAN;
        return [{ decision, about: { agent, tool: null, target: record.target_agent } }];
      }
      case 'plan-made':
        return this.#newRefusals(record.payload.refused);
      case 'answer-given':
        return this.#newRefusals(record.payload.refused ?? []);
      case 'envelope-refused': {
        const { decision } = record.payload;
        if (decision === undefined) return [];
        return [{ decision, about: { agent: record.target_agent, tool: null, target: null } }];
      }
      case 'approval-given':
      case 'settlement-requested': {
        const { decision } = record.payload;
        if (decision === undefined) return [];
        const by = record.type === 'approval-given' ? record.payload.approved_by : record.payload.settled_by;
        return [{ decision, about: { agent: by, tool: null, target: null } }];
      }
      case 'cancel-requested': {
        const { decision, requested_by } = record.payload;
        return [{ decision, about: { agent: requested_by, tool: null, target: FOREMAN } }];
      }
      case 'task-accepted':
      case 'steps-planned':
      case 'context-retrieved':
      case 'tool-finished':
      case 'tool-in-doubt':
      case 'call-settled':
      case 'endpoint-changed':
      case 'rate-reserved':
      case 'calls-closed':
      case 'result-verified':
      case 'task-completed':
      case 'task-failed':
      case 'task-expired':
      case 'task-cancelled':
      case 'step-settled':
      case 'session-cancelled':
      case 'record-quarantined':
      case 'bundle-published':
      case 'registry-published':
        return [];
    }
  }

  #ofCall(record: Recorded, decision: Decision, agent: string, tool: string, callId: string): Found {
    const callArguments = this.#requested.get(callMark(record, agent, callId));
    const about = { agent, tool, target: null };
    return callArguments === undefined ? { decision, about } : { decision, about, callArguments };
  }

  #newRefusals(refused: readonly { agent: string; capability: string; decision: Decision }[]): Found[] {
    return refused.flatMap((each): Found[] => {
      const mark = JSON.stringify(each);
      if (this.#refusals.has(mark)) return [];
      this.#refusals.add(mark);
      return [{ decision: each.decision, about: { agent: FOREMAN, tool: null, target: each.agent } }];
    });
  }
}

const callMark = (record: Recorded, agent: string, callId: string): string =>
  `${record.tenant} ${record.correlation_id} ${agent} ${callId}`;

/** A decision in one line for people, in the form that operators of policy engines know. */
export function decisionLine(decision: LoggedDecision): string {
  const { action, allow, agent, tool, target, bundle, latency_us, reasons } = decision;
  const fields = [
    `allow=${allow ? 'True' : 'False'}`,
    `agent=${agent}`,
    ...(tool === null ? [] : [`tool=${tool}`]),
    ...(target === null ? [] : [`target=${target}`]),
    `policy_revision=${bundle}`,
    `latency_ms=${(latency_us / 1_000).toFixed(3)}`,
    ...(allow ? [] : [`reasons=${JSON.stringify(reasons)}`]),
  ];
  return `[${allow ? 'INFO' : 'WARN'}] ${action}: ${fields.join(', ')}`;
}

/**
 * A decision as OPA writes its decision log, so that what reads such logs reads this one, with the fields of
 * `LoggedDecision` beside it.
 * @param entrypoints the rules that were asked, where that is known of the bundle.
 */
export function decisionDocument(decision: FoundDecision, entrypoints: readonly string[]): Record<string, unknown> {
  const { id, tenant, session, asked_by, obligations, input, ...promised } = decision;
  return {
    ...promised,
    tenant,
    session,
    obligations,
    labels: { app: 'voorman', id: asked_by },
    decision_id: `${id}.${decision.action}.${decision.target ?? decision.tool ?? decision.agent}`,
    timestamp: decision.recorded_at,
    bundles: decision.bundle === 'none' ? {} : { policy: { revision: decision.bundle } },
    path: entrypoints.join(','),
    ...(input === undefined ? {} : { input }),
    result: { allow: decision.allow, reasons: decision.reasons, obligations },
    requested_by: decision.agent,
    req_id: decision.position,
    metrics: { timer_rego_query_eval_ns: Math.round(decision.latency_us * 1_000) },
  };
}
