import { fold } from '@voorman/decider';
import { type Draft, FOREMAN, type Recorded, type Seal, serviceBoundary, type Token } from '@voorman/envelope';
import { Decisions, readAll } from '@voorman/log';
import { type SessionCommand, session } from './domain/session.js';
import type { Session } from './domain/session-state.js';
import type { ForemanPorts } from './ports.js';

/** Where a decision about a session comes from. */
export interface SessionSeal {
  readonly tenant: Token;
  readonly session: Token;
  readonly task: Token;
  readonly ttlSeconds: number;
  readonly causationId?: string;
}

/** The foreman's own boundary of every session: puts commands to its decider, or only looks. */
export class Sessions {
  readonly #decisions: Decisions<Session, SessionCommand>;

  constructor(private readonly ports: ForemanPorts) {
    this.#decisions = new Decisions(ports.log, session, ports.clock, ports.ids);
  }

  decide(seal: SessionSeal, command: (state: Session) => SessionCommand) {
    const boundary = serviceBoundary(seal.tenant, seal.session, FOREMAN);
    const full: Omit<Seal, 'id' | 'atMs'> = { source: FOREMAN, ...seal };
    return this.#decisions.decide({ boundary, command, seal: full });
  }

  /** Takes note of where a session's first record may lie, so that nobody has to search for it. */
  begun(tenant: Token, id: Token, position: number): void {
    this.#decisions.begun(serviceBoundary(tenant, id, FOREMAN), position);
  }

  /** The session as the log has it now. */
  async load(tenant: Token, id: Token): Promise<Session> {
    return (await this.loadWithEnd(tenant, id)).session;
  }

  /** The same, with the position of the last record that is in it. */
  async loadWithEnd(tenant: Token, id: Token): Promise<{ readonly session: Session; readonly end: number }> {
    const boundary = serviceBoundary(tenant, id, FOREMAN);
    const end = await this.ports.log.last(boundary);
    const records = await readAll(this.ports.log, boundary, 0, end);
    const state = fold<Session, SessionCommand, Draft, Recorded>(session, records);
    return { session: state, end: records.at(-1)?.position ?? 0 };
  }
}
