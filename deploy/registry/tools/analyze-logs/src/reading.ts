import { DAY_MS } from './calendar.ts';
import { ToolFailure } from './failure.ts';
import { boundsFor, type LogFile, type Request } from './input.ts';
import { detectFormat, type FileFormat } from './layouts/detection.ts';
import type { Draft } from './layouts/draft.ts';
import { eachLine } from './lines.ts';
import { RecordAssembler } from './records.ts';
import { type LogRecord, Tally } from './tally.ts';
import { Zones } from './zones.ts';

const SAMPLE_LINES = 400;
const SAMPLE_CHARS = 512 * 1024;

/** What reading one file came to. */
export interface FileReading {
  readonly name: string;
  readonly path: string;
  readonly format: string;
  readonly isTimed: boolean;
  readonly lines: number;
  readonly parsedLines: number;
  /** Where line 1 stands on the axis of line numbers, less one. */
  readonly lineOffset: number;
}

export interface Reading {
  readonly files: readonly FileReading[];
  /** Records of files with times, on one time axis. */
  readonly timed: Tally;
  /** Records of files without times, on an axis of line numbers. */
  readonly untimed: Tally;
  readonly zones: Zones;
  /** Records that a time range left out. */
  readonly outside: number;
}

/**
 * Reads all files once, line by line, and counts.
 * @param nowMs what time it is, for logs that leave out the year.
 * @throws {ToolFailure} for a file that cannot be read or holds no text, and if nothing lies within the time range.
 */
export async function readLogs(request: Request, nowMs: number, progress: (text: string) => void): Promise<Reading> {
  const formats = await detectFormats(request.files, nowMs);
  const timed = new Tally();
  const untimed = new Tally();
  const zones = new Zones();
  const bareZone = zoneOfTheOthers(formats);
  const files: FileReading[] = [];
  let outside = 0;
  let lineOffset = 0;
  for (const [index, file] of request.files.entries()) {
    const format = formats[index];
    if (format === undefined) continue;
    const isTimed = !Number.isNaN(format.firstMs);
    const tally = isTimed ? timed : untimed;
    const bounds =
      isTimed && request.range !== undefined
        ? boundsFor(request.range, Number.isNaN(format.zone) ? bareZone : format.zone)
        : undefined;
    const take = (record: LogRecord, draft: Draft) => {
      if (bounds !== undefined && (record.at < bounds.fromMs || record.at > bounds.toMs)) {
        outside++;
        return;
      }
      if (!Number.isNaN(draft.ms)) zones.note(draft.zone, draft.assumed);
      tally.add(record);
    };
    const isBare = isTimed && Number.isNaN(format.zone) && !Number.isNaN(bareZone);
    if (isBare) zones.assume(bareZone);
    const assembler = new RecordAssembler({ file: index, format, lineOffset, bareZone: isBare ? bareZone : 0, take });
    const lines = await eachLine(file.path, file.name, {
      visit: (text, number) => {
        assembler.add(text, number);
        return true;
      },
    });
    assembler.end();
    progress(`${file.name}: ${lines} lines, ${format.name}`);
    files.push({ ...file, format: format.name, isTimed, lines, parsedLines: assembler.parsedLines, lineOffset });
    if (!isTimed) lineOffset += lines;
  }
  if (timed.records + untimed.records === 0) throw nothingFound(request, outside);
  return { files, timed, untimed, zones, outside };
}

/** Logs of one incident mostly come from machines of one zone; NaN if none names a zone, UTC if they name several. */
function zoneOfTheOthers(formats: readonly FileFormat[]): number {
  const named = new Set(formats.map(({ zone }) => zone).filter((zone) => !Number.isNaN(zone)));
  const [first = Number.NaN] = named;
  return named.size > 1 ? 0 : first;
}

function nothingFound({ files }: Request, outside: number): ToolFailure {
  const names = files.map(({ name }) => `"${name}"`).join(', ');
  return outside > 0
    ? new ToolFailure('nothing-in-range', `None of the ${outside} records lies within the time range: widen it.`)
    : new ToolFailure('empty-file', `There is nothing but blank lines in ${names}.`);
}

/** Files with full dates come first: they tell the others what year it was. */
async function detectFormats(files: readonly LogFile[], nowMs: number): Promise<FileFormat[]> {
  const formats: FileFormat[] = [];
  for (const file of files) formats.push(detectFormat(await sampleOf(file), nowMs));
  const known = formats.filter((format) => format.hasFullDates && !Number.isNaN(format.latestMs));
  if (known.length === 0 || known.length === formats.length) return formats;
  const latestMs = Math.max(...known.map((format) => format.latestMs));
  const newestMs = Math.min(nowMs, latestMs + 183 * DAY_MS);
  for (const [index, file] of files.entries()) {
    if (formats[index]?.hasFullDates === false) formats[index] = detectFormat(await sampleOf(file), newestMs);
  }
  return formats;
}

async function sampleOf(file: LogFile): Promise<string[]> {
  const sample: string[] = [];
  let chars = 0;
  await eachLine(file.path, file.name, {
    visit: (text) => {
      sample.push(text);
      chars += text.length;
      return sample.length < SAMPLE_LINES && chars < SAMPLE_CHARS;
    },
  });
  return sample;
}
