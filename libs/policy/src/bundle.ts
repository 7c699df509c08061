import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Entrypoint, RulePath, Scope } from './entrypoint.js';
import { BundleRejectedError } from './errors.js';

/*
 * A bundle in one file, so that a reader has all of it or nothing:
 *
 *   "VMBUNDLE"  8 bytes
 *   lengths     manifest and signatures, 4 bytes each, big endian
 *   digest      SHA-256 of the manifest, 32 bytes
 *   manifest    JSON: revision, entry points, and length and digest of each part
 *   signatures  JSON array, outside the digest: signing a bundle does not change what is signed
 *   parts       wasm, then data, then sources, back to back to the end of the file
 *
 * The manifest's digest covers the parts through theirs; it is the bundle's digest and what a signature is made over.
 */

const MAGIC = new TextEncoder().encode('VMBUNDLE');
const HEADER_BYTES = MAGIC.length + 4 + 4 + 32;

/** The largest bundle that is looked at. Bytes. */
export const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;

const Part = z.strictObject({ bytes: z.int().min(0), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) });

export const BundleManifest = z.strictObject({
  format: z.literal(1),
  revision: z.string().min(1).max(128).describe('names the sources: equal sources, equal revision'),
  created_at: z.iso.datetime(),
  compiler: z.string().max(128).describe('name and version of what built it'),
  entrypoints: z
    .array(RulePath)
    .min(1)
    .max(50)
    .describe('the rules that answer, as package/rule; all of them must allow'),
  scopes: z.record(RulePath, Scope).optional().describe('what an entry point speaks for; absent: everything'),
  permissions: RulePath.optional().describe('the rule that says whom each bot may address on the bus'),
  wasm: Part,
  data: Part,
  sources: Part.optional().describe('what it was compiled from: for another engine, and for explanations'),
});
export type BundleManifest = z.infer<typeof BundleManifest>;

/** One signature over a bundle's digest. */
export const BundleSignature = z.strictObject({ keyid: z.string().max(256), sig: z.string().max(1024) });
export type BundleSignature = z.infer<typeof BundleSignature>;
const Signatures = z.array(BundleSignature).max(16);

/** What a bundle is made of. */
export interface BundleParts {
  readonly revision: string;
  readonly createdAt: string;
  readonly compiler: string;
  readonly entrypoints: readonly Entrypoint[];
  /** The rule that says whom each bot may address on the bus. */
  readonly permissions?: string;
  readonly wasm: Uint8Array;
  /** The `data` document: JSON, an object. */
  readonly data: Uint8Array;
  /** JSON as `BundleSources` describes it. */
  readonly sources?: Uint8Array;
  readonly signatures?: readonly BundleSignature[];
}

/** A bundle whose digests were found right. Who signed it is a question of its own. */
export interface Bundle {
  readonly manifest: BundleManifest;
  /** `sha256:<hex>` of the manifest, and through it of everything but the signatures. */
  readonly digest: string;
  readonly signatures: readonly BundleSignature[];
  readonly entrypoints: readonly Entrypoint[];
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly sources?: Uint8Array<ArrayBuffer>;
}

/** The bytes of a bundle. @throws {BundleRejectedError} what was given would not be accepted by `decodeBundle`. */
export function encodeBundle(parts: BundleParts): Uint8Array<ArrayBuffer> {
  const manifest = BundleManifest.safeParse({
    format: 1,
    revision: parts.revision,
    created_at: parts.createdAt,
    compiler: parts.compiler,
    entrypoints: parts.entrypoints.map((entrypoint) => entrypoint.rule),
    scopes: scopesOf(parts.entrypoints),
    permissions: parts.permissions,
    wasm: partOf(parts.wasm),
    data: partOf(parts.data),
    sources: parts.sources === undefined ? undefined : partOf(parts.sources),
  });
  if (!manifest.success) throw new BundleRejectedError(`its manifest does not fit (${firstProblem(manifest.error)})`);
  const manifestBytes = encodeJson(manifest.data);
  const signatures = encodeJson(parts.signatures ?? []);
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  const lengths = new DataView(header.buffer, MAGIC.length);
  lengths.setUint32(0, manifestBytes.length);
  lengths.setUint32(4, signatures.length);
  header.set(sha256(manifestBytes), MAGIC.length + 8);
  const bytes = Buffer.concat([
    header,
    manifestBytes,
    signatures,
    parts.wasm,
    parts.data,
    ...(parts.sources ? [parts.sources] : []),
  ]);
  if (bytes.length > MAX_BUNDLE_BYTES) throw new BundleRejectedError(tooLarge(bytes.length));
  return new Uint8Array(bytes);
}

/**
 * The bundle in some bytes, every digest checked.
 * @throws {BundleRejectedError} for anything else, with what is wrong in words.
 */
export function decodeBundle(bytes: Uint8Array): Bundle {
  if (bytes.length > MAX_BUNDLE_BYTES) throw new BundleRejectedError(tooLarge(bytes.length));
  if (bytes.length < HEADER_BYTES || !sameBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw new BundleRejectedError('it does not begin like a bundle');
  }
  const lengths = new DataView(bytes.buffer, bytes.byteOffset + MAGIC.length, 8);
  const manifestEnd = HEADER_BYTES + lengths.getUint32(0);
  const signaturesEnd = manifestEnd + lengths.getUint32(4);
  if (signaturesEnd > bytes.length) throw new BundleRejectedError('it ends too early');

  const manifestBytes = bytes.subarray(HEADER_BYTES, manifestEnd);
  const digest = sha256(manifestBytes);
  if (!sameBytes(digest, bytes.subarray(MAGIC.length + 8, HEADER_BYTES))) {
    throw new BundleRejectedError('its manifest does not have the digest that it states');
  }
  const manifest = parseAs(BundleManifest, manifestBytes, 'manifest');
  const signatures = parseAs(Signatures, bytes.subarray(manifestEnd, signaturesEnd), 'list of signatures');

  const wasmEnd = signaturesEnd + manifest.wasm.bytes;
  const dataEnd = wasmEnd + manifest.data.bytes;
  if (dataEnd + (manifest.sources?.bytes ?? 0) !== bytes.length) {
    throw new BundleRejectedError('its parts do not fill it exactly');
  }
  const wasm = partIn(bytes, signaturesEnd, wasmEnd, manifest.wasm.digest, 'program');
  const data = partIn(bytes, wasmEnd, dataEnd, manifest.data.digest, 'data');
  const sources = manifest.sources && partIn(bytes, dataEnd, bytes.length, manifest.sources.digest, 'sources');
  return {
    manifest,
    digest: `sha256:${digest.toString('hex')}`,
    signatures,
    entrypoints: manifest.entrypoints.map((rule) => ({ rule, ...manifest.scopes?.[rule] })),
    wasm,
    data,
    ...(sources === undefined ? {} : { sources }),
  };
}

/** The scopes by rule; `undefined` where no entry point has one. */
function scopesOf(entrypoints: readonly Entrypoint[]): Record<string, Scope> | undefined {
  const scoped = entrypoints.filter(({ actions, tools }) => actions !== undefined || tools !== undefined);
  if (scoped.length === 0) return undefined;
  return Object.fromEntries(scoped.map(({ rule, ...scope }) => [rule, scope]));
}

const tooLarge = (bytes: number): string => `it has ${bytes} bytes, and at most ${MAX_BUNDLE_BYTES} are accepted`;

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

const partOf = (bytes: Uint8Array) => ({ bytes: bytes.length, digest: `sha256:${sha256(bytes).toString('hex')}` });

/** A copy of its own: what the caller does with its buffer later cannot change a bundle that was found right. */
function partIn(bytes: Uint8Array, from: number, to: number, digest: string, name: string): Uint8Array<ArrayBuffer> {
  const part = new Uint8Array(bytes.subarray(from, to));
  if (partOf(part).digest !== digest)
    throw new BundleRejectedError(`its ${name} does not have the digest of its manifest`);
  return part;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function parseAs<T>(schema: z.ZodType<T>, bytes: Uint8Array, name: string): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BundleRejectedError(`its ${name} is not JSON`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new BundleRejectedError(`its ${name} does not fit (${firstProblem(parsed.error)})`);
  return parsed.data;
}

const firstProblem = (error: z.ZodError): string =>
  error.issues
    .slice(0, 1)
    .map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`)
    .join('');
