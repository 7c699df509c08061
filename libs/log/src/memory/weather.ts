/** Where time comes from and who keeps appointments. */
export interface Scheduler {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Runs `run` once, `ms` from now or a little later. Returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

/** What passes between a client and the store. */
export type Operation = 'append' | 'read' | 'last' | 'delivery' | 'settle' | 'timer' | 'content';

/** What happens to one operation on its way. All zero and false in calm weather. */
export interface Fate {
  /** Milliseconds on the way to the store. */
  readonly thereMs: number;
  /** It never reaches the store. */
  readonly lostThere: boolean;
  /** Milliseconds on the way back. */
  readonly backMs: number;
  /** The store did it, and the client never hears of it. */
  readonly lostBack: boolean;
  /** Append to a cluster: how long the record is in flight between accepted and applied, milliseconds. */
  readonly inFlightMs: number;
  /** Read: how far the answering replica is behind; timer: how late it fires. Milliseconds. */
  readonly behindMs: number;
  /** Delivery: a copy goes to whoever asks next, although this one was not lost. */
  readonly twice: boolean;
}

/** A scheduler that also decides what becomes of every operation of one client. */
export interface Weather extends Scheduler {
  fate(operation: Operation): Fate;
}

/** Nothing takes time and nothing is lost. */
export const CALM: Fate = Object.freeze({
  thereMs: 0,
  lostThere: false,
  backMs: 0,
  lostBack: false,
  inFlightMs: 0,
  behindMs: 0,
  twice: false,
});

/** A scheduler under which every operation goes well, at once. */
export const calmWeather = (scheduler: Scheduler): Weather => ({
  nowMs: () => scheduler.nowMs(),
  after: (ms, run) => scheduler.after(ms, run),
  fate: () => CALM,
});

/** The longest delay that `setTimeout` understands; longer ones come true in parts. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const realTime: Scheduler = {
  nowMs: () => Date.now(),
  after(ms, run) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const partMs = Math.min(leftMs, LONGEST_MS);
      handle = setTimeout(() => (leftMs > partMs ? arm(leftMs - partMs) : run()), partMs);
    };
    arm(Math.max(0, ms));
    return () => clearTimeout(handle);
  },
};
