import { type Decision, FOREMAN, type Recorded } from '@voorman/envelope';

/** One decision of policy as `decision-log --json` shows it; the names are promised. */
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

type About = Pick<LoggedDecision, 'agent' | 'tool' | 'target'>;

/** Finds the decisions in a session's records, in the order in which these were recorded. */
export class DecisionReader {
  /** An answer repeats the refusals of its plans. */
  readonly #refusals = new Set<string>();

  /** The decisions that one record holds; records must come in order. */
  read(record: Recorded): LoggedDecision[] {
    return this.#found(record).map(([decision, about]) => ({
      position: record.position,
      recorded_at: new Date(record.recordedAtMs).toISOString(),
      action: decision.action,
      ...about,
      allow: decision.allow,
      reasons: decision.reasons,
      bundle: decision.bundle,
      latency_us: decision.latency_us,
    }));
  }

  #found(record: Recorded): [Decision, About][] {
    switch (record.type) {
      case 'tool-started': {
        const { decision, agent, tool } = record.payload;
        return [[decision, { agent, tool, target: null }]];
      }
      case 'tool-refused': {
        const { decision, tool } = record.payload;
        return decision === undefined ? [] : [[decision, { agent: record.target_agent, tool, target: null }]];
      }
      case 'task-requested': {
        const { delegation } = record.payload;
        if (delegation === undefined) return [];
        const agent = delegation.decision.action === 'publish' ? delegation.on_behalf_of : FOREMAN;
        return [[delegation.decision, { agent, tool: null, target: record.target_agent }]];
      }
      case 'plan-made':
        return this.#newRefusals(record.payload.refused);
      case 'answer-given':
        return this.#newRefusals(record.payload.refused ?? []);
      case 'envelope-refused': {
        const { decision } = record.payload;
        return decision === undefined ? [] : [[decision, { agent: record.target_agent, tool: null, target: null }]];
      }
      case 'cancel-requested': {
        const { decision, requested_by } = record.payload;
        return [[decision, { agent: requested_by, tool: null, target: FOREMAN }]];
      }
      default:
        return [];
    }
  }

  #newRefusals(refused: readonly { agent: string; capability: string; decision: Decision }[]): [Decision, About][] {
    return refused.flatMap((each): [Decision, About][] => {
      const mark = JSON.stringify(each);
      if (this.#refusals.has(mark)) return [];
      this.#refusals.add(mark);
      return [[each.decision, { agent: FOREMAN, tool: null, target: each.agent }]];
    });
  }
}

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
