import { CALM, type Fate, type Operation, type Weather } from '@voorman/log/memory';
import { Random } from './random.js';
import type { World } from './world.js';

/** How bad the weather of a run is. Probabilities from 0 to 1. */
export interface Climate {
  /** Usual delay of one way. Milliseconds. */
  readonly delayMs: readonly [least: number, most: number];
  /** How often something takes far longer, up to `tailMs`: deliveries overtake each other and outlive their holder. */
  readonly tail: number;
  readonly tailMs: number;
  /** How often a request, an answer, an acknowledgement or a delivery is lost. */
  readonly loss: number;
  /** How often a delivery comes twice. */
  readonly copies: number;
  /** The longest that a cluster's append is in flight; and that a replica is behind. Milliseconds. */
  readonly inFlightMs: number;
  readonly behindMs: number;
}

/** Delays only: what the real bus does all day. */
export const FAIR: Climate = {
  delayMs: [0, 3],
  tail: 0,
  tailMs: 0,
  loss: 0,
  copies: 0,
  inFlightMs: 2,
  behindMs: 0,
};

/** Draws the climate of a run: each kind of trouble is absent in some runs, so that one does not hide another. */
export function climateOf(random: Random): Climate {
  const sometimes = (most: number): number => (random.chance(0.6) ? random.fraction() * most : 0);
  return {
    delayMs: [0, random.pick([1, 5, 20, 100])],
    tail: sometimes(0.05),
    tailMs: random.pick([500, 2_500, 8_000]),
    loss: sometimes(0.08),
    copies: sometimes(0.15),
    inFlightMs: random.pick([1, 30, 250]),
    behindMs: random.chance(0.5) ? random.pick([5, 50, 400]) : 0,
  };
}

/** A timer fires up to half a second late, as on the real bus. */
const LATEST_MS = 500;

/** One process's weather: bad until `calmFromMs` of virtual time, fair from then on, so that a run can come to rest. */
export function weatherOf(world: World, climate: Climate, calmFromMs: number, stream: number): Weather {
  const random = new Random(world.seed, stream);
  const oneWay = (now: Climate): number =>
    random.chance(now.tail) ? random.between(0, now.tailMs) : random.between(...now.delayMs);
  return {
    nowMs: () => world.nowMs(),
    after: (ms, run) => world.after(ms, run),
    fate(operation: Operation): Fate {
      const now = world.elapsedMs < calmFromMs ? climate : FAIR;
      return {
        ...CALM,
        thereMs: oneWay(now),
        backMs: oneWay(now),
        lostThere: random.chance(now.loss),
        lostBack: random.chance(now.loss),
        twice: operation === 'delivery' && random.chance(now.copies),
        inFlightMs: operation === 'append' ? random.between(0, now.inFlightMs) : 0,
        behindMs: operation === 'timer' ? random.between(0, LATEST_MS) : random.between(0, now.behindMs),
      };
    },
  };
}
