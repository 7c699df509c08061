import { LogUnavailableError } from '../errors.js';
import type { Fate, Operation, Weather } from './weather.js';

/** How long one attempt waits for its answer. Milliseconds. */
const ATTEMPT_MS = 2_000;
/** How long an operation is repeated before its outcome is given up as unknown. Milliseconds. */
const GIVE_UP_MS = 30_000;

type Outcome<T> = { readonly value: T } | { readonly fault: unknown };

/** One process's connection: carries its operations through the weather, and can be cut for good. */
export class Link {
  #cut = false;

  constructor(
    readonly client: string,
    readonly weather: Weather,
  ) {}

  /** True once the process is dead: what it sent still arrives, what comes back reaches nobody. */
  get isCut(): boolean {
    return this.#cut;
  }

  cut(): void {
    this.#cut = true;
  }

  /**
   * Does something in the store and brings back what it says. An attempt that is not answered in 2 s is repeated, so
   * `act` must bear repetition; after a cut the promise stays pending for ever, like one of a dead process.
   * @param extraMs what the store itself takes before it answers.
   * @throws {LogUnavailableError} after 30 s. Whatever `act` throws reaches the caller.
   */
  ask<T>(
    operation: Operation,
    what: string,
    act: (fate: Fate) => T,
    extraMs: (value: T) => number = () => 0,
  ): Promise<T> {
    const { weather } = this;
    const startedMs = weather.nowMs();
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        if (this.#cut) return;
        let over = false;
        let giveUp = (): void => undefined;
        const fate = weather.fate(operation);
        const answer = (outcome: Outcome<T>): void => {
          if (over || this.#cut) return;
          over = true;
          giveUp();
          if ('value' in outcome) resolve(outcome.value);
          else reject(outcome.fault);
        };
        this.later(fate.thereMs, () => {
          if (fate.lostThere) return;
          const outcome = attempted(() => act(fate));
          if (fate.lostBack) return;
          this.later(fate.backMs + ('value' in outcome ? extraMs(outcome.value) : 0), () => answer(outcome));
        });
        if (over) return;
        giveUp = weather.after(ATTEMPT_MS, () => {
          if (over) return;
          over = true;
          if (weather.nowMs() - startedMs < GIVE_UP_MS) attempt();
          else if (!this.#cut) reject(new LogUnavailableError(what));
        });
      };
      attempt();
    });
  }

  /** Says something to the store that is never answered, such as an acknowledgement. */
  tell(act: () => void): void {
    if (this.#cut) return;
    const { thereMs, lostThere } = this.weather.fate('settle');
    if (!lostThere) this.later(thereMs, act);
  }

  /** Runs `run` after a while, at once where that is no time at all. */
  later(ms: number, run: () => void): void {
    if (ms <= 0) run();
    else this.weather.after(ms, run);
  }

  /** Resolves after a while; never after a cut. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.weather.after(ms, () => {
        if (!this.#cut) resolve();
      });
    });
  }
}

function attempted<T>(act: () => T): Outcome<T> {
  try {
    return { value: act() };
  } catch (fault) {
    return { fault };
  }
}
