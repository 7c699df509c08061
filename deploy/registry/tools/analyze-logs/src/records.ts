import { MINUTE_MS } from './calendar.ts';
import { causeIn, isTraceback, looksAttached } from './causes.ts';
import { type FileFormat, isIndented, readLine } from './layouts/detection.ts';
import { type Draft, newDraft } from './layouts/draft.ts';
import type { LogRecord } from './tally.ts';

const ESCAPE = '\u001b';
/** Colours and other terminal sequences, as programs print them to a console. */
const COLOURS = new RegExp(`${ESCAPE}\\[[\\d;?]*[A-Za-z]`, 'g');

export interface Assembly {
  /** Index of the file among the input. */
  readonly file: number;
  readonly format: FileFormat;
  /** Where line 1 of the file stands on the axis, less one, if the file has no times. */
  readonly lineOffset: number;
  /** Minutes east of UTC that times without a zone are in. */
  readonly bareZone: number;
  /** The draft is only valid during the call. */
  readonly take: (record: LogRecord, draft: Draft) => void;
}

/**
 * Puts lines together into records: a line with a head begins one, stack traces and other lines without a head belong to
 * the one above. A record is handed on when the next one begins.
 */
export class RecordAssembler {
  /** Lines that a known layout explains, with what is attached to them. */
  parsedLines = 0;
  readonly #assembly: Assembly;
  readonly #format: FileFormat;
  readonly #isTimed: boolean;
  #draft: Draft = newDraft();
  #pending: Draft = newDraft();
  #pendingLine = 0;
  #pendingIsParsed = false;
  #cause = '';
  #causeLine = 0;
  #inTraceback = false;
  #lastMs: number;

  constructor(assembly: Assembly) {
    const { firstMs, zone } = assembly.format;
    this.#assembly = assembly;
    this.#format = assembly.format;
    this.#isTimed = !Number.isNaN(firstMs);
    this.#lastMs = this.#atUtc(firstMs, zone);
  }

  add(text: string, number: number): void {
    const line = text.includes(ESCAPE) ? text.replace(COLOURS, '') : text;
    if (line.length === 0 || line.trim() === '') {
      if (this.#pendingIsParsed) this.parsedLines++;
      return;
    }
    // Indented lines are attached without a closer look, unless this log indents everything.
    const isBelow = this.#pendingLine !== 0 && !this.#format.isIndented && isIndented(line);
    const isHead = !isBelow && readLine(this.#format, line, this.#draft);
    if (isHead) this.#begin(number, true);
    else if (this.#pendingLine !== 0 && this.#belongsAbove(line)) this.#attach(line, number);
    else this.#beginPlain(line, number);
  }

  /** Hands on the last record. */
  end(): void {
    if (this.#pendingLine === 0) return;
    const { ms, zone, level, message, http } = this.#pending;
    if (!Number.isNaN(ms)) this.#lastMs = this.#atUtc(ms, zone);
    const { file, lineOffset, take } = this.#assembly;
    const at = this.#isTimed ? this.#lastMs : lineOffset + this.#pendingLine;
    const hasOnlyCause = this.#cause !== '' && (message === '' || isTraceback(message));
    take(
      {
        file,
        line: hasOnlyCause ? this.#causeLine : this.#pendingLine,
        at,
        level: hasOnlyCause ? 'error' : level,
        message: hasOnlyCause ? this.#cause : message,
        http,
        cause: hasOnlyCause || message.includes(this.#cause) ? '' : this.#cause,
        causeLine: hasOnlyCause ? 0 : this.#causeLine,
      },
      this.#pending,
    );
    this.#pendingLine = 0;
  }

  #atUtc(ms: number, zone: number): number {
    return Number.isNaN(zone) ? ms - this.#assembly.bareZone * MINUTE_MS : ms;
  }

  #begin(number: number, isParsed: boolean): void {
    this.end();
    const free = this.#pending;
    this.#pending = this.#draft;
    this.#draft = free;
    this.#pendingLine = number;
    this.#pendingIsParsed = isParsed;
    this.#cause = '';
    this.#causeLine = 0;
    this.#inTraceback = isTraceback(this.#pending.message);
    if (isParsed) this.parsedLines++;
  }

  /** A line without a head that stands for itself; in a file with times it happened about when the last record did. */
  #beginPlain(line: string, number: number): void {
    this.#draft.ms = Number.NaN;
    this.#draft.zone = Number.NaN;
    this.#draft.assumed = 'nothing';
    this.#draft.level = undefined;
    this.#draft.http = undefined;
    this.#draft.message = line.trim();
    this.#begin(number, false);
  }

  #belongsAbove(line: string): boolean {
    if (looksAttached(line)) return true;
    if (this.#inTraceback) return true;
    const isCalm = this.#pending.level === 'info' || this.#pending.level === 'debug';
    // A crash that prints without a head, below a record that has nothing to do with it, stands for itself.
    if (isCalm && (isTraceback(line) || causeIn(line) !== '')) return this.#cause !== '';
    return this.#format.hasHeads;
  }

  #attach(line: string, number: number): void {
    if (this.#pendingIsParsed) this.parsedLines++;
    const cause = causeIn(line);
    if (cause !== '') {
      this.#cause = cause;
      this.#causeLine = number;
    }
    if (isTraceback(line)) this.#inTraceback = true;
    else if (this.#inTraceback && !looksAttached(line)) this.#inTraceback = cause === '';
  }
}
