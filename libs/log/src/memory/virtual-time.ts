import type { Scheduler } from './weather.js';

interface Appointment {
  readonly atMs: number;
  readonly run: () => void;
  called: boolean;
}

/**
 * A clock that stands still while anything happens and jumps to the next appointment when nothing does. Appointments of
 * one moment are kept in the order in which they were made. Hours pass in milliseconds, so tests need not wait.
 * Only for code whose waiting goes through this scheduler: for a socket or a file time stops where it is told to (`during`).
 */
export class VirtualTime implements Scheduler {
  #nowMs: number;
  /** Latest first, so that the next one is popped from the end. */
  readonly #appointments: Appointment[] = [];
  #pumping = false;
  /** What is under way that no appointment stands for. */
  #outside = 0;

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const appointment: Appointment = { atMs: this.#nowMs + Math.max(0, ms), run, called: false };
    let low = 0;
    let high = this.#appointments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#appointments[middle]?.atMs ?? 0) > appointment.atMs) low = middle + 1;
      else high = middle;
    }
    this.#appointments.splice(low, 0, appointment);
    this.#pump();
    return () => {
      appointment.called = true;
    };
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /**
   * Stands still until work outside this scheduler is done, however long that takes: else a slow disk looks like hours.
   * @throws what the work throws.
   */
  async during<Done>(work: Promise<Done>): Promise<Done> {
    this.#outside += 1;
    try {
      return await work;
    } finally {
      this.#outside -= 1;
      this.#pump();
    }
  }

  /** `setImmediate` comes after every promise that could go on by itself. */
  #pump(): void {
    if (this.#pumping || this.#outside > 0) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (this.#outside > 0) return;
      const next = this.#next();
      if (!next) return;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      this.#pump();
    });
  }

  #next(): Appointment | undefined {
    for (;;) {
      const next = this.#appointments.pop();
      if (!next?.called) return next;
    }
  }
}
