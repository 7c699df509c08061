import { type Recorded, taskBoundary } from '@voorman/envelope';
import { Decisions } from '@voorman/log';
import { leaseOf, type RateCommand, type Reservations, reservations } from '../domain/rate-limit.js';
import { GATEWAY, type GatewayPorts, type Tool } from '../ports.js';
import { SHARED, taskFor } from './endpoint-watch.js';

/** Calls of one tool that may wait in one process: each holds a slot that calls of other tools could use. */
const MAX_WAITING = 128;

/** The rate limits: calls are taken from the log a few at a time, so that all gateways together keep to the limit. */
export class RateLeases {
  readonly #decisions: Decisions<Reservations, RateCommand>;
  readonly #leases = new Map<string, { window: number; left: number }>();
  readonly #waiting = new Map<string, number>();

  constructor(private readonly ports: Pick<GatewayPorts, 'log' | 'clock' | 'ids' | 'wait'>) {
    this.#decisions = new Decisions(ports.log, reservations, ports.clock, ports.ids);
  }

  /**
   * Takes one call of the tool's rate limit, waiting for a later window where this one is used up.
   * @returns false where none came free before `deadlineMs`, too many wait already, or the signal was aborted.
   * @throws what the log throws.
   */
  async take(tool: Tool, cause: Recorded<'tool-started'>, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    const { name, rate_limit: limit } = tool.manifest;
    if (limit === undefined) return true;
    const windowMs = limit.per_seconds * 1_000;
    for (;;) {
      if (signal.aborted) return false;
      const atMs = this.ports.clock.nowMs();
      const window = Math.floor(atMs / windowMs);
      if (this.#takeFrom(name, window) || (await this.#lease(name, cause, window, limit.calls))) return true;
      const nextMs = (window + 1) * windowMs;
      const waiting = this.#waiting.get(name) ?? 0;
      if (nextMs >= deadlineMs || waiting >= MAX_WAITING) return false;
      this.#waiting.set(name, waiting + 1);
      await this.ports.wait(nextMs - atMs, signal);
      this.#waiting.set(name, (this.#waiting.get(name) ?? 1) - 1);
    }
  }

  #takeFrom(name: string, window: number): boolean {
    const lease = this.#leases.get(name);
    if (lease?.window !== window || lease.left === 0) return false;
    lease.left -= 1;
    return true;
  }

  async #lease(tool: string, cause: Recorded<'tool-started'>, window: number, limit: number): Promise<boolean> {
    const task = taskFor('rate', tool);
    const command: RateCommand = { type: 'reserve', tool, window, limit, wanted: leaseOf(limit), by: cause.id };
    const { appended } = await this.#decisions.decide({
      boundary: taskBoundary(SHARED.tenant, SHARED.session, task),
      command: () => command,
      expectsEmpty: true,
      seal: { ...SHARED, source: GATEWAY, task, causationId: cause.id },
    });
    const taken = appended.at(-1);
    if (taken?.type !== 'rate-reserved') return false;
    const lease = this.#leases.get(tool);
    const left = lease?.window === window ? lease.left : 0;
    // One of them is for whoever asked.
    this.#leases.set(tool, { window, left: left + taken.payload.calls - 1 });
    return true;
  }
}
