import { dirname } from 'node:path';
import type { JsonObject } from '@voorman/envelope';
import { LineCounter, parseDocument } from 'yaml';
import { PolicyRejectedError } from './errors.js';

/** A JSON or YAML file of the policy folder, named by its path inside it. */
export interface DataFile {
  readonly path: string;
  readonly text: string;
}

/** What the registry's manifests say comes under this name; no file may say it in their place. */
const RESERVED = 'registry';

/** JSON above this is read by a parser that does not notice a name that stands twice in one object. Characters. */
const SCANNED_LENGTH = 1024 * 1024;

/**
 * The data documents of a folder as one: each file's content at the path of its folder, whatever the file is called, as
 * `opa test` reads them (`limits/eu.yaml` with `rows: 10` is `data.limits.rows`).
 * @throws {PolicyRejectedError} a file is no JSON or YAML object, holds what JSON cannot, or says what another one says too.
 */
export function mergeData(files: readonly DataFile[]): JsonObject {
  const whole: JsonObject = {};
  for (const { path, text } of files) {
    const folder = dirname(path);
    const value = (folder === '.' ? [] : folder.split('/'))
      .toReversed()
      .reduce<unknown>((inner, name) => ({ [name]: inner }), parsed(path, text));
    merge(path, whole, value as JsonObject, []);
  }
  return whole;
}

function parsed(path: string, text: string): JsonObject {
  const value = path.endsWith('.json') && text.length > SCANNED_LENGTH ? fromJson(path, text) : fromYaml(path, text);
  if (!isObject(value)) throw wrong(path, 'holds no object');
  const odd = oddIn(value);
  if (odd !== undefined) throw wrong(path, odd);
  return value;
}

function fromJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(
      path,
      `is no JSON (${cause instanceof Error ? cause.message.slice(0, 200) : 'no reason given'})`,
      cause,
    );
  }
}

/** JSON is YAML too, and this parser notices a name that stands twice. */
function fromYaml(path: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false, prettyErrors: false });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    const place = `${path}:${lines.linePos(fault.pos[0]).line}`;
    throw wrong(place, (fault.message.split('\n')[0] ?? '').replace(/[.:]?\s*$/, ''), fault);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw wrong(path, 'has aliases that unfold to too much, or lead nowhere', cause);
  }
}

/** What would become something else on its way into the bundle. */
function oddIn(value: unknown): string | undefined {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'holds a number that is none';
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? 'holds a number that is too large to be exact'
      : undefined;
  }
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'holds half a character';
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype)
    return 'holds a value that JSON does not have';
  for (const [name, inner] of Object.entries(value)) {
    const odd = oddIn(name) ?? oddIn(inner);
    if (odd !== undefined) return odd;
  }
  return undefined;
}

function merge(path: string, into: JsonObject, from: JsonObject, at: readonly string[]): void {
  for (const [name, value] of Object.entries(from)) {
    const place = [...at, name];
    if (place[0] === RESERVED) throw wrong(path, `says data.${RESERVED}, which the manifests say`);
    if (!Object.hasOwn(into, name)) {
      Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
      continue;
    }
    const known = into[name];
    if (!isObject(known) || !isObject(value))
      throw wrong(path, `says data.${place.join('.')}, which another file says too`);
    merge(path, known, value, place);
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (place: string, what: string, cause?: unknown): PolicyRejectedError =>
  new PolicyRejectedError([`${place}: the data document ${what}.`], cause === undefined ? {} : { cause });
