import type { Clock, Ids } from '@voorman/log';
import { type MemoryConnection, type MemoryStore, memoryConnection } from '@voorman/log/memory';
import { type Climate, weatherOf } from './climate.js';
import { Random } from './random.js';
import type { World } from './world.js';

/** What a simulated process lives on. Everything in it ends with the process. */
export interface Surroundings extends Omit<MemoryConnection, 'kill' | 'close'> {
  readonly name: string;
  /** 0 for the first replica of the service. */
  readonly replica: number;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Random numbers of this process in this life. */
  readonly random: Random;
  /** Resolves after a while; never once the process is dead. */
  wait(ms: number): Promise<void>;
  /** Something that the process sets off in the world after a while: it happens even if the process dies before. */
  setOff(ms: number, happen: () => void): void;
  /** A fault of our own that no record tells of: it fails the run. */
  report(fault: unknown): void;
}

/** Boots a service: connects its handlers and returns when it follows. */
export type Start = (surroundings: Surroundings) => Promise<void>;

export interface ProcessPlan {
  readonly name: string;
  readonly replica: number;
  readonly start: Start;
}

/** A process that can die at any moment and start again, as another life with the same name. */
export class SimulatedProcess {
  readonly #number: number;
  #life = 0;
  #connection: MemoryConnection | undefined;
  /** What went wrong at boot, or in what a handler left running. */
  readonly faults: unknown[] = [];

  constructor(
    private readonly world: World,
    private readonly store: MemoryStore,
    private readonly conditions: { readonly climate: Climate; readonly calmFromMs: number },
    readonly plan: ProcessPlan,
    number: number,
    /** Called at every operation with the log: the moments at which it hurts most to die. */
    private readonly operated: () => void = () => undefined,
  ) {
    this.#number = number;
  }

  get isAlive(): boolean {
    return this.#connection !== undefined;
  }

  /** How often it was started. */
  get lives(): number {
    return this.#life;
  }

  start(): void {
    if (this.#connection) return;
    this.#life += 1;
    const { name, replica, start } = this.plan;
    const life = this.#life;
    const stream = this.#number * 1_000 + life;
    const weather = weatherOf(this.world, this.conditions.climate, this.conditions.calmFromMs, stream);
    const connection = memoryConnection(this.store, name, {
      ...weather,
      fate: (operation) => {
        this.operated();
        return weather.fate(operation);
      },
    });
    this.#connection = connection;
    let made = 0;
    const surroundings: Surroundings = {
      ...connection,
      name,
      replica,
      clock: { nowMs: () => this.world.nowMs() },
      ids: {
        next: () => {
          made += 1;
          return `r${replica}-${life}-${made}`;
        },
      },
      random: new Random(this.world.seed, stream + 500_000),
      wait: (ms) =>
        new Promise((resolve) => {
          this.world.after(ms, () => {
            if (this.#connection === connection) resolve();
          });
        }),
      report: (fault) => {
        this.faults.push(fault);
      },
      setOff: (ms, happen) => {
        this.world.after(ms, happen);
      },
    };
    start(surroundings).catch((fault: unknown) => this.faults.push(fault));
  }

  /** SIGTERM with no time left: hands back what it holds, lingers a moment, is gone. */
  stop(lingerMs: number): void {
    const connection = this.#connection;
    if (!connection) return;
    void connection.close();
    this.world.after(lingerMs, () => {
      if (this.#connection === connection) this.crash();
    });
  }

  /** SIGKILL: pending promises never settle, what it holds comes again after the durable's wait. */
  crash(): void {
    this.#connection?.kill();
    this.#connection = undefined;
  }
}
