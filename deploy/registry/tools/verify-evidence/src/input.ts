import { ToolFailure } from './failure.ts';

export interface EvidenceFile {
  readonly name: string;
  readonly path: string;
}

/** A claim: this text stands in that line. Lines count from 1; a text of 400 characters may be the beginning of its line. */
export interface Claim {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

export interface Request {
  /** By the name that evidence calls them: the second file of one name is `app.log (2)`, as analyze_logs writes it. */
  readonly files: ReadonlyMap<string, EvidenceFile>;
  readonly claims: readonly Claim[];
}

const MAX_CLAIMS = 10_000;

/**
 * Reads the tool's arguments.
 * @throws {ToolFailure} with a sentence that names the argument that is wrong.
 */
export function parseRequest(text: string): Request {
  const value = parseJson(text);
  if (!Array.isArray(value.files) || value.files.length === 0)
    throw badInput('"files" must list the files to look into.');
  if (!Array.isArray(value.evidence)) throw badInput('"evidence" must be a list of {source, line, text}.');
  if (value.evidence.length > MAX_CLAIMS)
    throw badInput(`"evidence" has more than ${MAX_CLAIMS} entries: check fewer at once.`);
  return { files: parseFiles(value.files), claims: value.evidence.map(parseClaim) };
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

function parseFiles(list: readonly unknown[]): Map<string, EvidenceFile> {
  const files = new Map<string, EvidenceFile>();
  const seen = new Map<string, number>();
  for (const file of list) {
    if (!isObject(file) || typeof file.name !== 'string' || typeof file.path !== 'string') {
      throw badInput('Each of "files" must be an attached file with a name and a path.');
    }
    const times = (seen.get(file.name) ?? 0) + 1;
    seen.set(file.name, times);
    const name = times === 1 ? file.name : `${file.name} (${times})`;
    files.set(name, { name, path: file.path });
  }
  return files;
}

function parseClaim(claim: unknown): Claim {
  if (
    !isObject(claim) ||
    typeof claim.source !== 'string' ||
    typeof claim.text !== 'string' ||
    typeof claim.line !== 'number'
  ) {
    throw badInput('Each of "evidence" must have a source (file name), a line (number) and a text.');
  }
  return { source: claim.source, line: claim.line, text: claim.text };
}

const badInput = (message: string, options?: ErrorOptions) => new ToolFailure('bad-input', message, options);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
