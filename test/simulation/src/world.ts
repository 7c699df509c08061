import type { Scheduler } from '@voorman/log/memory';
import { Random } from './random.js';

interface Event {
  readonly atMs: number;
  /** Decides among events of one moment; drawn from the seed, so each seed has an order of its own. */
  readonly lot: number;
  readonly number: number;
  readonly run: () => void;
  called: boolean;
}

/** Where virtual time begins. */
export const BEGINNING_MS = Date.UTC(2026, 0, 1);

/** A run that does not come to rest. */
export class RestlessWorldError extends Error {
  readonly code = 'simulation/restless';
}

/**
 * Virtual time and everything that is to happen in it. One event at a time; the next one only when everything that the
 * last one set off has come to rest. The same seed and the same code give the same run, event for event.
 */
export class World implements Scheduler {
  readonly random: Random;
  #nowMs = BEGINNING_MS;
  /** A binary heap: each event comes before those at twice its place and one more. */
  readonly #events: Event[] = [];
  #made = 0;
  #happened = 0;

  constructor(readonly seed: number) {
    this.random = new Random(seed);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Virtual milliseconds since the beginning. */
  get elapsedMs(): number {
    return this.#nowMs - BEGINNING_MS;
  }

  /** Events that have happened. */
  get happened(): number {
    return this.#happened;
  }

  after(ms: number, run: () => void): () => void {
    this.#made += 1;
    const event: Event = {
      atMs: this.#nowMs + Math.max(0, Math.ceil(ms)),
      lot: this.random.word(),
      number: this.#made,
      run,
      called: false,
    };
    this.#add(event);
    return () => {
      event.called = true;
    };
  }

  /**
   * Lets time pass until nothing is left to happen or `done` says so.
   * @throws {RestlessWorldError} when more than `limitMs` of virtual time would pass.
   */
  async run(done: () => boolean, limitMs: number): Promise<void> {
    for (;;) {
      await rest();
      if (done()) return;
      const event = this.#next();
      if (!event) return;
      if (event.atMs > BEGINNING_MS + limitMs) {
        throw new RestlessWorldError(`After ${limitMs} ms of virtual time there is no rest.`);
      }
      this.#nowMs = Math.max(this.#nowMs, event.atMs);
      this.#happened += 1;
      event.run();
    }
  }

  #add(event: Event): void {
    const events = this.#events;
    let place = events.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = events[parent] as Event;
      if (before(above, event)) break;
      events[place] = above;
      place = parent;
    }
    events[place] = event;
  }

  #next(): Event | undefined {
    for (;;) {
      const first = this.#pop();
      if (!first?.called) return first;
    }
  }

  #pop(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (!first || !last || first === last) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= events.length) break;
      const right = events[child + 1];
      if (right && before(right, events[child] as Event)) child += 1;
      const smaller = events[child] as Event;
      if (before(last, smaller)) break;
      events[place] = smaller;
      place = child;
    }
    events[place] = last;
    return first;
  }
}

const before = (one: Event, other: Event): boolean =>
  one.atMs - other.atMs < 0 ||
  (one.atMs === other.atMs && (one.lot < other.lot || (one.lot === other.lot && one.number < other.number)));

/** `setImmediate` comes after every promise that could go on by itself. */
const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
