import { TimestampReader } from '../timestamps.ts';
import { clearDraft, type Draft, type Layout } from './draft.ts';
import { readFields } from './fields.ts';

const SERVICE_PREFIX = /^[\w.@-]+ *\| *(?=\{)/;

/** One JSON object a line, alone or after the name of a service as compose prints it (`web_1  | {…}`). */
export class JsonLinesLayout implements Layout {
  readonly name = 'JSON lines';
  readonly #time: TimestampReader;

  constructor(newestMs: number) {
    this.#time = new TimestampReader(newestMs);
  }

  read(line: string, draft: Draft): boolean {
    clearDraft(draft);
    const start = line.charCodeAt(0) === 123 ? 0 : (SERVICE_PREFIX.exec(line)?.[0].length ?? -1);
    if (start === -1) return false;
    const fields = parseObject(start === 0 ? line : line.slice(start));
    return fields !== undefined && readFields(fields, this.#time, draft);
  }
}

/** Undefined for what is not an object: a brace in an ordinary line is no fault. */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
