import { ToolFailure } from './failure.ts';

/** A file that the gateway hands over: `path` can be read, `name` is what the user calls it. */
export interface Attachment {
  readonly name: string;
  readonly path: string;
}

/** The arguments of one call. */
export interface Input {
  readonly question: string;
  readonly files: readonly Attachment[];
}

/**
 * Reads the arguments from JSON text.
 * @throws {ToolFailure} `review-contract/bad-input` if it is no JSON or has another shape
 */
export function parseInput(text: string): Input {
  const value = parseJson(text);
  const { question = '', files } = value;
  if (typeof question !== 'string') throw badInput('`question` must be a text');
  if (!Array.isArray(files) || files.length === 0) throw badInput('`files` must list at least one attached file');
  return { question, files: files.map(parseAttachment) };
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badInput('standard input must hold one JSON document', cause);
  }
  if (!isObject(value)) throw badInput('the arguments must be a JSON object');
  return value;
}

function parseAttachment(value: unknown): Attachment {
  if (!isObject(value) || typeof value.name !== 'string' || typeof value.path !== 'string') {
    throw badInput('each of `files` needs a `name` and a `path`');
  }
  return { name: value.name, path: value.path };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const badInput = (what: string, cause?: unknown): ToolFailure =>
  new ToolFailure('review-contract/bad-input', `The arguments of review_contract do not fit: ${what}.`, { cause });
