import { textChunks } from './bytes.ts';

/** Longer lines are cut here, so that one endless line cannot fill the memory. */
export const MAX_LINE_BYTES = 16 * 1024;

const LF = 10;
const CR = 13;
const BYTE_ORDER_MARK = 0xfeff;

export interface LineReading {
  /** Called for each line, without its line end; `number` counts from 1. Return `false` to stop reading. */
  readonly visit: (text: string, number: number) => boolean;
  /** Lines that are not wanted are counted but not decoded; left out, every line is wanted. */
  readonly wants?: (number: number) => boolean;
}

/**
 * Reads a text file line by line in constant memory. A last line without a line end counts.
 * Bytes that are not UTF-8 become U+FFFD.
 * @returns how many lines were read.
 * @throws {ToolFailure} as `textChunks` does.
 */
export async function eachLine(path: string, name: string, reading: LineReading): Promise<number> {
  const splitter = new LineSplitter(reading);
  for await (const chunk of textChunks(path, name)) {
    if (!splitter.push(chunk)) return splitter.count;
  }
  splitter.end();
  return splitter.count;
}

/** Cuts chunks of bytes into lines; keeps at most one unfinished line, up to the cap. */
export class LineSplitter {
  count = 0;
  readonly #reading: LineReading;
  readonly #carry = Buffer.allocUnsafe(MAX_LINE_BYTES);
  #carried = 0;
  #unfinished = false;

  constructor(reading: LineReading) {
    this.#reading = reading;
  }

  /** @returns false once the visitor has seen enough. */
  push(chunk: Buffer): boolean {
    let start = 0;
    for (let end = chunk.indexOf(LF, start); end !== -1; end = chunk.indexOf(LF, start)) {
      const goOn = this.#unfinished ? this.#finish(chunk, start, end) : this.#emit(chunk, start, end);
      if (!goOn) return false;
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk, start, chunk.length);
    return true;
  }

  end(): void {
    if (this.#unfinished) this.#finish(this.#carry, 0, 0);
  }

  #finish(chunk: Buffer, start: number, end: number): boolean {
    this.#keep(chunk, start, end);
    const length = this.#carried;
    this.#carried = 0;
    this.#unfinished = false;
    return this.#emit(this.#carry, 0, length);
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    this.#carried += chunk.copy(this.#carry, this.#carried, start, end);
    this.#unfinished = true;
  }

  #emit(bytes: Buffer, start: number, end: number): boolean {
    const number = ++this.count;
    if (this.#reading.wants?.(number) === false) return true;
    let last = Math.min(end, start + MAX_LINE_BYTES);
    if (last === end && last > start && bytes[last - 1] === CR) last--;
    let text = bytes.toString('utf8', start, last);
    if (number === 1 && text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
    return this.#reading.visit(text, number);
  }
}

/** Cuts a text for showing, never through the middle of a character outside the basic plane. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? maxLength - 1 : maxLength);
}
