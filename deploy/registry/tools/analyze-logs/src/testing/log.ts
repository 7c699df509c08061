import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TimeRange } from '../input.ts';
import { readLogs } from '../reading.ts';
import { type Report, reportOn } from '../report.ts';

/** 15:00 on the day of most logs here; a few hours after they end. */
export const NOW_MS = Date.UTC(2026, 10, 21, 15);
/** When the logs of `incident` begin. */
export const START_MS = Date.UTC(2026, 10, 21, 10);

/** One line every two seconds from 10:00:00; `write` says what stands in it, one line or several. */
export const incident = (count: number, write: (index: number, time: Date) => string | undefined): string =>
  Array.from({ length: count }, (_, index) => write(index, new Date(START_MS + index * 2000)))
    .filter((line) => line !== undefined)
    .join('\n');

/** Runs a body with the given contents as files in a folder of their own. */
export async function withFiles<T>(
  contents: Readonly<Record<string, string | Buffer>>,
  body: (files: { name: string; path: string }[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  try {
    const files = Object.entries(contents).map(([name, content]) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return { name, path };
    });
    return await body(files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the tool says of the given contents. */
export const analyse = (
  contents: Readonly<Record<string, string | Buffer>>,
  question = '',
  range?: TimeRange,
): Promise<Report> =>
  withFiles(contents, async (files) => {
    const reading = await readLogs({ question, files, range }, NOW_MS, () => undefined);
    return reportOn(reading, question);
  });
