import type { Fault, JsonObject } from '@voorman/envelope';
import { type LoadedToolOf, namesInPath, type Piece, piecesOf, soleQuote } from '@voorman/registry';
import { argumentFault } from './api-faults.js';
import { ACCEPTED_ENCODINGS } from './body.js';

export type ApiManifest = LoadedToolOf<'api'>;

/** A request as it goes out. */
export interface ApiRequest {
  readonly url: URL;
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the headers that no other host may see. */
  readonly confidential: ReadonlySet<string>;
  readonly body?: string;
}

/** An argument that cannot be put where the manifest wants it. */
class Unfit extends Error {
  constructor(
    readonly argument: string,
    readonly what: string,
  ) {
    super(what);
  }
}

/** What leads out of the place in a path that the manifest names, to servers that decode before they look. */
const LEADS_ELSEWHERE = /(^|[/\\])\.{1,2}([/\\]|$)/;
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

/**
 * The request that a call means. Arguments are put in, never read as templates: braces in them stay what they are, what
 * separates in a path or a query is escaped, and a line break never reaches a header.
 * @param secrets values by the names that the manifest gives them; every one that a header quotes.
 */
export function toRequest(
  tool: ApiManifest,
  args: JsonObject,
  key: string,
  secrets: ReadonlyMap<string, string>,
): ApiRequest | { readonly fault: Fault } {
  try {
    return mapped(tool, args, key, secrets);
  } catch (fault) {
    if (fault instanceof Unfit) return { fault: argumentFault(tool.name, fault.argument, fault.what) };
    throw fault;
  }
}

/** Names of the secrets that the headers quote. */
export const secretsQuoted = (tool: ApiManifest): readonly string[] => [
  ...new Set(
    Object.values(tool.request?.headers ?? {})
      .flatMap(piecesOf)
      .flatMap((piece) => (typeof piece === 'object' && piece.from === 'secrets' ? [piece.path.join('.')] : [])),
  ),
];

function mapped(tool: ApiManifest, args: JsonObject, key: string, secrets: ReadonlyMap<string, string>): ApiRequest {
  const { request, method } = tool;
  const rest = unused(tool, args);
  const url = new URL(tool.endpoint);
  if (request?.path !== undefined) url.pathname = url.pathname.replace(/\/$/, '') + filledPath(request.path, args);
  const confidential = new Set(['authorization', 'cookie']);
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': ACCEPTED_ENCODINGS,
    'user-agent': 'voorman',
    [(tool.idempotency_header ?? 'idempotency-key').toLowerCase()]: key,
  };
  const readsOnly = method === 'GET' || method === 'HEAD';
  if (request?.query !== undefined) putQuery(url, mappedQuery(request.query, args));
  else if (readsOnly) putQuery(url, Object.entries(rest), 'is part of the endpoint already');
  const body = readsOnly ? undefined : bodyOf(tool, args, rest);
  if (body !== undefined) headers['content-type'] = 'application/json';
  for (const [name, text] of Object.entries(request?.headers ?? {})) {
    const pieces = piecesOf(text);
    const value = filledHeader(pieces, args, secrets);
    if (value === undefined) continue;
    headers[name.toLowerCase()] = value;
    if (pieces.some((piece) => typeof piece === 'object' && piece.from === 'secrets')) {
      confidential.add(name.toLowerCase());
    }
  }
  return { url, method, headers, confidential, ...(body === undefined ? {} : { body }) };
}

/** The arguments that the manifest puts nowhere. */
function unused(tool: ApiManifest, args: JsonObject): JsonObject {
  const { path = '', query = {}, headers = {} } = tool.request ?? {};
  const used = new Set(namesInPath(path));
  for (const piece of [...Object.values(query), ...Object.values(headers)].flatMap(piecesOf)) {
    if (typeof piece === 'object' && piece.from === 'args') used.add(piece.path[0] ?? '');
  }
  return Object.fromEntries(Object.entries(args).filter(([name]) => !used.has(name)));
}

function filledPath(path: string, args: JsonObject): string {
  const filled = path.replaceAll(/\{([^{}]*)\}/g, (_all, name: string) => {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (value === undefined || value === null || value === '')
      throw new Unfit(name, 'is part of the address, and missing');
    const text = plainText(name, value);
    if (decodings(text).some((decoded) => LEADS_ELSEWHERE.test(decoded) || decoded.includes('\0'))) {
      throw new Unfit(name, 'would lead to another address');
    }
    return encodeURIComponent(text);
  });
  // Two arguments side by side may be what neither is alone.
  if (filled.split('/').some((segment) => decodings(segment).some((decoded) => /^\.{1,2}$/.test(decoded)))) {
    throw new Unfit(namesInPath(path)[0] ?? 'path', 'would lead to another address');
  }
  return filled;
}

/** A text, and what comes out when someone decodes it once or twice too often. */
function decodings(text: string): string[] {
  const decoded = (given: string) =>
    given.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [text, decoded(text), decoded(decoded(text))];
}

type Entries = readonly (readonly [name: string, value: unknown])[];

/** An entry whose only argument was not given is left out. */
const mappedQuery = (query: Readonly<Record<string, string>>, args: JsonObject): Entries =>
  Object.entries(query).map(([name, text]) => {
    const pieces = piecesOf(text);
    const quote = soleQuote(pieces);
    return [name, quote === undefined ? joined(pieces, args) : at(args, quote.path)] as const;
  });

/** @param taken why a parameter that the endpoint itself has cannot be given; default: it is replaced. */
function putQuery(url: URL, entries: Entries, taken?: string): void {
  const fixed = new Set(url.searchParams.keys());
  for (const [name, value] of entries) {
    if (value === undefined || value === null) continue;
    if (taken !== undefined && fixed.has(name)) throw new Unfit(name, taken);
    url.searchParams.delete(name);
    // A list of plain values is a parameter that comes several times.
    const isPlainList = Array.isArray(value) && value.every((one) => one === null || typeof one !== 'object');
    for (const one of isPlainList ? value : [value]) url.searchParams.append(name, plainText(name, one));
  }
}

function bodyOf(tool: ApiManifest, args: JsonObject, rest: JsonObject): string | undefined {
  const template = tool.request?.body;
  if (template !== undefined) return JSON.stringify(filledJson(template, args) ?? null);
  // A DELETE that is all address needs no body, and some servers refuse one.
  return tool.method === 'DELETE' && Object.keys(rest).length === 0 ? undefined : JSON.stringify(rest);
}

/** A manifest's JSON with its quotes filled; a field whose only argument was not given is left out. */
function filledJson(template: unknown, args: JsonObject): unknown {
  if (typeof template === 'string') {
    const pieces = piecesOf(template);
    const quote = soleQuote(pieces);
    return quote === undefined ? joined(pieces, args) : at(args, quote.path);
  }
  if (Array.isArray(template)) return template.map((one) => filledJson(one, args)).filter((one) => one !== undefined);
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, inner]) => {
      const filled = filledJson(inner, args);
      return filled === undefined ? [] : [[name, filled]];
    }),
  );
}

function filledHeader(
  pieces: readonly Piece[],
  args: JsonObject,
  secrets: ReadonlyMap<string, string>,
): string | undefined {
  const quote = soleQuote(pieces);
  if (quote?.from === 'args' && at(args, quote.path) === undefined) return undefined;
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const name = piece.path.join('.');
      const text = piece.from === 'secrets' ? (secrets.get(name) ?? '') : joined([piece], args);
      if (!HEADER_TEXT.test(text)) throw new Unfit(name, 'has characters that no header may have');
      return text;
    })
    .join('');
}

const joined = (pieces: readonly Piece[], args: JsonObject): string =>
  pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const value = at(args, piece.path);
      return value === undefined || value === null ? '' : plainText(piece.path[0] ?? '', value);
    })
    .join('');

/** What an argument holds at a path, by its own fields only: `constructor` is nobody's. */
function at(args: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, field) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, field)
        ? (value as Record<string, unknown>)[field]
        : undefined,
    args,
  );
}

function plainText(argument: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!text.isWellFormed()) throw new Unfit(argument, 'has half a character');
  return text;
}
