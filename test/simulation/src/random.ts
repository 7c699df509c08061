/**
 * A stream of pseudo-random numbers that depends on its seed alone: xoshiro128** by David Blackman and Sebastiano Vigna,
 * its state filled by SplitMix32, so that neighbouring seeds give unrelated streams. Not for secrets.
 * @see https://prng.di.unimi.it
 */
export class Random {
  readonly #state: Uint32Array;

  /** @param seed any whole number; the lower 32 bits count. @param stream tells streams of one seed apart. */
  constructor(
    readonly seed: number,
    stream = 0,
  ) {
    let mixed = (seed ^ Math.imul(stream, 0x85ebca6b)) >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = mixed;
      word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      return (word ^ (word >>> 15)) >>> 0;
    });
  }

  /** A whole number from 0 to 2³² - 1. */
  word(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#state;
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const e = c ^ a;
    const f = d ^ b;
    this.#state.set([a ^ f, b ^ e, e ^ (b << 9), rotated(f, 11)]);
    return result;
  }

  /** From 0 up to, and without, 1. */
  fraction(): number {
    return this.word() / 2 ** 32;
  }

  /** A whole number; both ends may come out. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** @throws {RangeError} for an empty list. */
  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new RangeError('There is nothing to pick from.');
    return choices[this.between(0, choices.length - 1)] as T;
  }
}

const rotated = (word: number, by: number): number => ((word << by) | (word >>> (32 - by))) >>> 0;
