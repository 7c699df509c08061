import type { Answer } from '@voorman/decider';
import { type Boundary, type Recorded, serviceBoundary } from '@voorman/envelope';
import { Decisions, readAll } from '@voorman/log';
import type { CallsCommand } from '../domain/call-command.js';
import type { Calls } from '../domain/call-state.js';
import { calls } from '../domain/calls.js';
import { GATEWAY, type GatewayPorts } from '../ports.js';

/** Everything that gateways recorded in a session: looks at it, and adds to it what the decider names. */
export class Ledger {
  readonly #decisions: Decisions<Calls, CallsCommand>;

  constructor(private readonly ports: Pick<GatewayPorts, 'log' | 'clock' | 'ids'>) {
    this.#decisions = new Decisions(ports.log, calls, ports.clock, ports.ids);
  }

  /** The calls of a record's session, up to the last one that the leader knows. */
  look(record: Recorded): Promise<Calls> {
    return this.#decisions.look(boundaryOf(record));
  }

  /**
   * When the log took a record of ours, by its own clock: until it is read we know only what ours said. Milliseconds since 1970.
   * @throws what `Log.read` throws.
   */
  async recordedAtMs({ position, ...record }: Recorded): Promise<number> {
    const [read] = await readAll(this.ports.log, boundaryOf(record), position - 1, position);
    return read?.recordedAtMs ?? record.recordedAtMs;
  }

  /**
   * Decides in the session, the task and for the cause of a record.
   * @param command for the state that the append's condition proves: what policy is asked with is never out of date.
   */
  decide(record: Recorded, command: (state: Calls) => CallsCommand): Promise<Answer<Calls, Recorded>> {
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

const boundaryOf = (record: Pick<Recorded, 'tenant' | 'correlation_id'>): Boundary =>
  serviceBoundary(record.tenant, record.correlation_id, GATEWAY);
