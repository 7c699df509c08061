import { epochMs, fractionMs, MINUTE_MS, zoneMinutes } from './calendar.ts';
import { ToolFailure } from './failure.ts';

/** A file that the program may read. `name` is what answers call it; two files of one name get a number. */
export interface LogFile {
  readonly name: string;
  readonly path: string;
}

/** Both ends belong to it. Milliseconds of wall clock time; zones in minutes east of UTC, NaN if not given. */
export interface TimeRange {
  readonly from: { readonly ms: number; readonly zone: number };
  readonly to: { readonly ms: number; readonly zone: number };
}

export interface Request {
  readonly question: string;
  readonly files: readonly LogFile[];
  readonly range: TimeRange | undefined;
}

const MAX_FILES = 20;

/**
 * Reads the tool's arguments.
 * @throws {ToolFailure} with a sentence that names the argument that is wrong.
 */
export function parseRequest(text: string): Request {
  const value = parseJson(text);
  const question = value.question ?? '';
  if (typeof question !== 'string') throw badInput('"question" must be a text.');
  const range = value.time_range ?? '';
  if (typeof range !== 'string') throw badInput('"time_range" must be a text of two ISO times: "FROM/TO".');
  return { question, files: parseFiles(value.files), range: range === '' ? undefined : parseRange(range) };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (cause) {
    throw badInput('The arguments are not valid JSON.', { cause });
  }
  throw badInput('The arguments must be one JSON object.');
}

function parseFiles(value: unknown): LogFile[] {
  if (!Array.isArray(value) || value.length === 0)
    throw badInput('"files" must list at least one log file: attach one.');
  if (value.length > MAX_FILES) throw badInput(`"files" lists ${value.length} files; at most ${MAX_FILES} go at once.`);
  const seen = new Map<string, number>();
  return value.map((file: unknown) => {
    if (!isObject(file) || typeof file.name !== 'string' || typeof file.path !== 'string' || file.name === '') {
      throw badInput('Each of "files" must be an attached file with a name and a path.');
    }
    if (file.name.length > 255) throw badInput('A file name is longer than 255 characters: rename it.');
    const times = (seen.get(file.name) ?? 0) + 1;
    seen.set(file.name, times);
    return { name: times === 1 ? file.name : `${file.name} (${times})`, path: file.path };
  });
}

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;

function parseRange(text: string): TimeRange {
  const [first = '', second = '', ...more] = text.split('/');
  const from = parseMoment(first, 0);
  const to = parseMoment(second, 1);
  if (from === undefined || to === undefined || more.length > 0) {
    throw new ToolFailure(
      'bad-time-range',
      `"${text.slice(0, 80)}" is not a time range: write two ISO times, for example "2026-03-01T10:00:00Z/2026-03-01T11:00:00Z".`,
    );
  }
  if (to.ms < from.ms)
    throw new ToolFailure('bad-time-range', 'The time range ends before it begins: swap its two times.');
  return { from, to };
}

/** A date alone means its first moment, or its last where a range ends. */
function parseMoment(text: string, isEnd: 0 | 1): TimeRange['from'] | undefined {
  const match = MOMENT.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const isDate = hour === undefined;
  const clock = isDate && isEnd ? [23, 59, 59] : [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  const ms = epochMs(Number(year), Number(month), Number(day), clock[0] ?? 0, clock[1] ?? 0, clock[2] ?? 0);
  if (Number.isNaN(ms)) return undefined;
  return { ms: ms + (isDate && isEnd ? 999 : fractionMs(fraction)), zone: zoneMinutes(zone) };
}

/**
 * The range in the terms of one log. A range without a zone means the log's own; a log without a zone is compared with
 * the range's wall clock.
 */
export function boundsFor(range: TimeRange, logZone: number): { fromMs: number; toMs: number } {
  const convert = ({ ms, zone }: TimeRange['from']) => {
    if (Number.isNaN(logZone)) return ms;
    return ms - (Number.isNaN(zone) ? logZone : zone) * MINUTE_MS;
  };
  return { fromMs: convert(range.from), toMs: convert(range.to) };
}

const badInput = (message: string, options?: ErrorOptions) => new ToolFailure('bad-input', message, options);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
