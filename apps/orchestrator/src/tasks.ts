import { type Task, type TaskCommand, task } from '@voorman/agent';
import { FOREMAN, type Recorded, type Token, taskBoundary } from '@voorman/envelope';
import { Decisions, readAll } from '@voorman/log';
import type { Settlement } from './domain/root.js';
import { settlementOf } from './domain/settlement.js';
import type { ForemanPorts } from './ports.js';

/** Which task of which session. */
export interface TaskAddress {
  readonly tenant: Token;
  readonly session: Token;
  readonly task: Token;
}

/** What came of trying to end a task. */
export type Ending =
  | { readonly kind: 'ended'; readonly settlement: Settlement; readonly record: Recorded }
  | { readonly kind: 'open'; readonly deadlineMs: number }
  | { readonly kind: 'unknown' };

/**
 * Ends delegated tasks from outside, with the very decider and boundary that their bots use: of a bot's answer and the
 * foreman's expiry, exactly one is recorded.
 */
export class Tasks {
  readonly #decisions: Decisions<Task, TaskCommand>;

  constructor(private readonly ports: ForemanPorts) {
    this.#decisions = new Decisions(ports.log, task, ports.clock, ports.ids, 100);
  }

  /** Resolves with how the task ended, whoever ended it; `open` when an expiry came too early. */
  async end(address: TaskAddress, command: TaskCommand): Promise<Ending> {
    const boundary = taskBoundary(address.tenant, address.session, address.task);
    const { state, position } = await this.#decisions.decide({
      boundary,
      command: () => command,
      seal: { source: FOREMAN, ...address, ttlSeconds: 60 },
    });
    this.#decisions.forget(boundary);
    if (state.status === 'unknown') return { kind: 'unknown' };
    if (state.status === 'open') {
      return { kind: 'open', deadlineMs: state.requestedAtMs + state.ttlSeconds * 1_000 };
    }
    const records = await readAll(this.ports.log, boundary, 0, position);
    const agent = records.find((record) => record.type === 'task-requested')?.target_agent;
    for (const record of records) {
      const settlement = settlementOf(record);
      const isBelieved = record.source_agent === FOREMAN || record.source_agent === agent;
      if (settlement && isBelieved) return { kind: 'ended', settlement, record };
    }
    return { kind: 'unknown' };
  }
}
