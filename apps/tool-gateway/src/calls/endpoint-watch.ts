import { createHash } from 'node:crypto';
import { type Recorded, taskBoundary } from '@voorman/envelope';
import type { Executed } from '@voorman/executors';
import { Decisions } from '@voorman/log';
import { type Endpoint, type EndpointCommand, endpoint } from '../domain/endpoints.js';
import { GATEWAY, type GatewayPorts, type Tool } from '../ports.js';
import { endpointOf } from './wish.js';

/** Where gateways record what concerns all sessions. */
export const SHARED = { tenant: 'system', session: 'endpoints', ttlSeconds: 60 } as const;

/** How old a gateway's knowledge of an endpoint may be before it looks at the log again. */
const FRESH_MS = 1_000;

/** A token that stands for a name of any length and spelling. */
export const taskFor = (kind: 'endpoint' | 'rate', name: string): string =>
  `${kind}-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;

/** Whether something may be sent now, and whether that is the one try that a cut-off endpoint is given. */
export type Passage = { readonly isTrial: boolean } | { readonly blockedUntil: string };

/**
 * The circuit breakers: what every gateway knows about an endpoint is what the log says. A healthy one costs a look at
 * its last position, at most once a second.
 */
export class EndpointWatch {
  readonly #decisions: Decisions<Endpoint, EndpointCommand>;
  readonly #seen = new Map<string, { readonly atMs: number; readonly state: Promise<Endpoint> }>();

  constructor(private readonly ports: Pick<GatewayPorts, 'log' | 'clock' | 'ids' | 'report'>) {
    this.#decisions = new Decisions(ports.log, endpoint, ports.clock, ports.ids);
  }

  /** @throws what the log throws. */
  async enter(tool: Tool, cause: Recorded<'tool-started'>): Promise<Passage> {
    const name = endpointOf(tool.manifest);
    if (name === undefined) return { isTrial: false };
    const state = await this.#look(name);
    if (state.status === 'closed') return { isTrial: false };
    const atMs = this.ports.clock.nowMs();
    if (iso(atMs) < state.until) return { blockedUntil: state.until };
    // As long as the try may take, and a moment for its outcome to be recorded.
    const until = iso(atMs + tool.manifest.timeout_ms + FRESH_MS);
    const { appended, state: now } = await this.#decide(name, tool, cause, { type: 'try', at: iso(atMs), until });
    if (appended.length > 0) return { isTrial: true };
    return now.status === 'closed' ? { isTrial: false } : { blockedUntil: now.until };
  }

  /** Takes note of how an attempt ended. Never throws: what was executed must be recorded, whatever becomes of this. */
  async leave(tool: Tool, cause: Recorded<'tool-started'>, passage: Passage, executed: Executed): Promise<void> {
    const name = endpointOf(tool.manifest);
    if (name === undefined || 'blockedUntil' in passage) return;
    try {
      const failed = executed.kind === 'unknown' || (executed.kind === 'fault' && executed.retryable);
      if (failed) await this.#failed(name, tool, cause, passage.isTrial, executed);
      else await this.#succeeded(name, tool, cause, passage.isTrial);
    } catch (fault) {
      this.ports.report(tool.manifest.name, fault);
    }
  }

  async #failed(
    name: string,
    tool: Tool,
    cause: Recorded<'tool-started'>,
    wasTrial: boolean,
    executed: Extract<Executed, { fault: unknown }>,
  ): Promise<void> {
    const { breaker } = tool.manifest;
    const atMs = this.ports.clock.nowMs();
    const until = iso(atMs + breaker.open_seconds * 1_000);
    const { code } = executed.fault;
    await this.#decide(name, tool, cause, { type: 'fail', rules: breaker, code, wasTrial, atMs, until });
  }

  async #succeeded(name: string, tool: Tool, cause: Recorded<'tool-started'>, wasTrial: boolean): Promise<void> {
    const seen = await this.#seen.get(name)?.state;
    // Of a healthy endpoint there is nothing to say.
    if (!wasTrial && (seen === undefined || seen.failures === 0)) return;
    await this.#decide(name, tool, cause, { type: 'succeed' });
  }

  #look(name: string): Promise<Endpoint> {
    const seen = this.#seen.get(name);
    const atMs = this.ports.clock.nowMs();
    // A clock that was set back says nothing of how old that is.
    if (seen !== undefined && seen.atMs <= atMs && atMs < seen.atMs + FRESH_MS) return seen.state;
    const state = this.#decisions.look(boundaryOf(name));
    this.#seen.set(name, { atMs, state });
    state.catch(() => this.#seen.delete(name));
    return state;
  }

  async #decide(name: string, tool: Tool, cause: Recorded<'tool-started'>, act: Act) {
    const about = { endpoint: name.slice(0, 256), tool: tool.manifest.name, by: cause.id };
    const answer = await this.#decisions.decide({
      boundary: boundaryOf(name),
      command: () => ({ ...about, ...act }),
      expectsEmpty: true,
      seal: { ...SHARED, source: GATEWAY, task: taskFor('endpoint', name), causationId: cause.id },
    });
    this.#seen.set(name, { atMs: this.ports.clock.nowMs(), state: Promise.resolve(answer.state) });
    return answer;
  }
}

type Without<T, K extends keyof never> = T extends unknown ? Omit<T, K> : never;
type Act = Without<EndpointCommand, 'endpoint' | 'tool' | 'by'>;

const boundaryOf = (name: string) => taskBoundary(SHARED.tenant, SHARED.session, taskFor('endpoint', name));

const iso = (ms: number): string => new Date(ms).toISOString();
