import type { Place } from './axis.ts';
import { eachLine, shorten } from './lines.ts';
import type { FileReading } from './reading.ts';

/** A line that proves something, exactly as it stands in the file, cut at 400 characters. */
export interface Citation {
  readonly source: string;
  /** Counts from 1. */
  readonly line: number;
  readonly text: string;
}

export const MAX_TEXT_CHARS = 400;

/**
 * Reads the cited lines again. While counting, only their numbers are kept: the text in the answer is what stands in the
 * file now, not what a program remembers of it.
 */
export class Citations {
  readonly #files: readonly FileReading[];
  readonly #wanted = new Map<number, Map<number, string>>();

  constructor(files: readonly FileReading[]) {
    this.#files = files;
  }

  want(places: Iterable<Place | undefined>): void {
    for (const place of places) {
      if (place === undefined) continue;
      const lines = this.#wanted.get(place.file) ?? new Map<number, string>();
      lines.set(place.line, '');
      this.#wanted.set(place.file, lines);
    }
  }

  async load(): Promise<void> {
    for (const [index, lines] of this.#wanted) {
      const file = this.#files[index];
      if (file === undefined) continue;
      const last = Math.max(...lines.keys());
      await eachLine(file.path, file.name, {
        wants: (number) => lines.has(number),
        visit: (text, number) => {
          lines.set(number, shorten(text, MAX_TEXT_CHARS));
          return number < last;
        },
      });
    }
  }

  /** @param maxChars cuts the text further where an answer must be short. */
  cite(place: Place, maxChars = MAX_TEXT_CHARS): Citation {
    const text = this.#wanted.get(place.file)?.get(place.line) ?? '';
    return { source: this.#files[place.file]?.name ?? '', line: place.line, text: shorten(text, maxChars) };
  }
}
