import type { Recorded } from '@voorman/envelope';
import type { GatewayPorts } from '../ports.js';
import type { Ledger } from './ledger.js';

interface RunningCall {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** The calls of one session in this process, and whoever looks after them. */
interface RunningSession {
  /** Calls that wait until fewer are under way. */
  waiting: number;
  /** By the position of the record that each is for. */
  readonly calls: Map<number, RunningCall>;
  /** Aborted when no call of the session is left. */
  readonly idle: AbortController;
}

/** How often a session whose calls run longer is looked at. Milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Without a reason of its own, aborting makes an exception with a stack, call after call. */
const IDLE = 'idle';

/** Calls of one session that may wait in one process: each holds a slot that other sessions could use. */
const MAX_WAITING = 32;

/** Calls under way in this process: further deliveries of a request join them, and a cancelled session has them stopped. */
export class Running {
  readonly #sessions = new Map<string, RunningSession>();

  constructor(
    private readonly ports: Pick<GatewayPorts, 'wait' | 'report'>,
    private readonly ledger: Ledger,
  ) {}

  /**
   * Runs what a record asks for, or waits for the end where it runs already: a second delivery must not look like a crash.
   * Another record is no such delivery, whatever call it names: the end of its own handling says nothing about that call.
   */
  join(record: Recorded, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const key = sessionKey(record);
    const session = this.#sessions.get(key) ?? this.#open(key, record);
    const running = session.calls.get(record.position);
    if (running !== undefined) return running.done;
    const abort = new AbortController();
    const done = act(abort.signal).finally(() => {
      session.calls.delete(record.position);
      if (session.calls.size > 0) return;
      session.idle.abort(IDLE);
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    });
    session.calls.set(record.position, { abort, done });
    return done;
  }

  /** Whether another call of the record's session may wait here until fewer are under way. */
  mayWait(record: Recorded): boolean {
    return (this.#sessions.get(sessionKey(record))?.waiting ?? 0) < MAX_WAITING;
  }

  /** Waits, and counts as waiting meanwhile. */
  async waiting(record: Recorded, act: () => Promise<void>): Promise<void> {
    const session = this.#sessions.get(sessionKey(record));
    if (session === undefined) return act();
    session.waiting += 1;
    await act();
    session.waiting -= 1;
  }

  /** Stops what runs of the record's session in this process. */
  abort(record: Recorded): void {
    for (const { abort } of this.#sessions.get(sessionKey(record))?.calls.values() ?? []) abort.abort();
  }

  #open(key: string, record: Recorded): RunningSession {
    const session: RunningSession = { waiting: 0, calls: new Map(), idle: new AbortController() };
    this.#sessions.set(key, session);
    void this.#lookAfter(session, record);
    return session;
  }

  /** Of replicas only one is woken by the cancellation; the others see it in the log. */
  async #lookAfter(session: RunningSession, record: Recorded): Promise<void> {
    for (;;) {
      await this.ports.wait(LOOK_EVERY_MS, session.idle.signal);
      if (session.idle.signal.aborted) return;
      try {
        if (!(await this.ledger.look(record)).closed) continue;
      } catch (fault) {
        // Without the log nothing is known of a cancellation; the next look may be luckier.
        this.ports.report('tool-gateway', fault);
        continue;
      }
      for (const { abort } of session.calls.values()) abort.abort();
      return;
    }
  }
}

const sessionKey = (record: Recorded): string => `${record.tenant} ${record.correlation_id}`;
