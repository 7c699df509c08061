import type { Place } from './axis.ts';

const CAPACITY = 64;

/** Up to 64 places, evenly spread over all that were added: every one, every second, every fourth … as they grow more. */
export class Sample {
  readonly places: Place[] = [];
  #stride = 1;
  #untilNext = 1;

  add(file: number, line: number, at: number): void {
    if (--this.#untilNext > 0) return;
    this.#untilNext = this.#stride;
    this.places.push({ file, line, at });
    if (this.places.length < CAPACITY) return;
    for (let index = 0; index < CAPACITY / 2; index++) this.places[index] = this.places[index * 2 + 1] as Place;
    this.places.length = CAPACITY / 2;
    this.#stride *= 2;
    this.#untilNext = this.#stride;
  }
}
