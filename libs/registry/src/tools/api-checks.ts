import { nearest } from '../nearest.js';
import { toJsonSchema } from '../short-form.js';
import type { WrittenApi } from './api-fields.js';
import { namesInPath, type Piece, piecesOf } from './quoting.js';

type Tell = (path: readonly (string | number)[], message: string) => void;

/** Set by whoever sends, or a way to speak to something between us and the service. */
const RESERVED =
  /^(host|connection|content-length|transfer-encoding|upgrade|keep-alive|te|trailer|expect|accept-encoding|proxy-.*)$/i;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

/** What no single field of the manifest shows: that what it quotes is there, and that secrets stay where they are safe. */
export function checkApi(written: WrittenApi, tell: Tell): void {
  const { request, endpoint, method } = written;
  const isPlain = /^http:/i.test(endpoint);
  if (isPlain && written.tls.client_certificate) {
    tell(['tls', 'client_certificate'], 'needs an https endpoint');
  }
  if (isPlain && Object.keys(written.secrets).length > 0 && written.private_addresses.length === 0) {
    tell(['secrets'], 'would be readable on the way: use https, or an endpoint among listed private addresses');
  }
  checkHeaderName(written.idempotency_header, ['idempotency_header'], tell);
  if (request === undefined) return;
  if (request.body !== undefined && (method === 'GET' || method === 'HEAD')) {
    tell(['request', 'body'], `must be left out: ${method} has none`);
  }
  const quoted = { known: argumentsOf(written), secrets: Object.keys(written.secrets), tell };
  if (request.path !== undefined) checkPath(request.path, quoted);
  for (const [name, text] of Object.entries(request.query ?? {})) {
    checkText(text, ['request', 'query', name], { ...quoted, mayHoldSecrets: false });
  }
  for (const [name, text] of Object.entries(request.headers ?? {})) {
    checkHeaderName(name, ['request', 'headers', name], tell);
    if (name.toLowerCase() === (written.idempotency_header ?? 'idempotency-key').toLowerCase()) {
      tell(['request', 'headers', name], 'is the idempotency key’s, which the gateway sets');
    }
    checkText(text, ['request', 'headers', name], { ...quoted, mayHoldSecrets: true });
  }
  for (const [path, text] of stringsIn(request.body ?? null, ['request', 'body'])) {
    checkText(text, path, { ...quoted, mayHoldSecrets: false });
  }
}

interface Quotable {
  /** Names of the arguments, or `undefined` where the schema does not list them. */
  readonly known: readonly string[] | undefined;
  readonly secrets: readonly string[];
  readonly tell: Tell;
}

function checkHeaderName(name: string | undefined, path: readonly string[], tell: Tell): void {
  if (name === undefined) return;
  if (!HEADER_NAME.test(name)) tell(path, 'is no name of a header');
  else if (RESERVED.test(name)) tell(path, `${name} is set by the gateway alone`);
}

function checkPath(text: string, { known, tell }: Quotable): void {
  const path = ['request', 'path'];
  if (/[{}]/.test(text.replaceAll(/\{[A-Za-z][A-Za-z0-9_-]*\}/g, ''))) {
    tell(path, 'quotes an argument as {name}, and has no other braces');
  }
  if (text.split('/').some((segment) => segment === '.' || segment === '..')) tell(path, 'must not lead upwards');
  for (const name of namesInPath(text)) checkArgument(name, path, known, tell);
}

function checkText(
  text: string,
  path: readonly (string | number)[],
  { known, secrets, tell, mayHoldSecrets }: Quotable & { mayHoldSecrets: boolean },
): void {
  for (const piece of piecesOf(text)) {
    if (typeof piece === 'string') {
      if (piece.includes('{{')) tell(path, 'has {{ without args.<field> or secrets.<name> and }} behind it');
    } else if (piece.from === 'args') checkArgument(piece.path[0] ?? '', path, known, tell);
    else if (!mayHoldSecrets) tell(path, 'must not quote a secret: addresses and bodies end up in logs of others');
    else checkSecret(piece, path, secrets, tell);
  }
}

function checkSecret(
  quote: Exclude<Piece, string>,
  path: readonly (string | number)[],
  secrets: readonly string[],
  tell: Tell,
): void {
  const name = quote.path.join('.');
  if (!secrets.includes(name)) tell(path, `quotes the secret ${name}, which is not declared under secrets`);
}

function checkArgument(
  name: string,
  path: readonly (string | number)[],
  known: readonly string[] | undefined,
  tell: Tell,
): void {
  if (known === undefined || known.includes(name)) return;
  const meant = nearest(name, known);
  tell(path, `quotes ${name}, which is no field of the input${meant ? `; did you mean ${meant}?` : ''}`);
}

/** Every string of a JSON value with the way to it. */
function* stringsIn(
  value: unknown,
  path: readonly (string | number)[],
): Generator<[path: readonly (string | number)[], text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) yield* stringsIn(inner, [...path, key]);
  }
}

function argumentsOf(written: WrittenApi): readonly string[] | undefined {
  const { properties } = toJsonSchema(written.schema.input, 'input');
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : undefined;
}
