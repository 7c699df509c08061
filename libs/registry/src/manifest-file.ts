import { open } from 'node:fs/promises';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InvalidManifestError, InvalidYamlError, ManifestUnreadableError } from './errors.js';

/** The largest manifest. Bytes. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

/**
 * Reads one YAML file and checks it against its schema.
 * @throws {ManifestUnreadableError} @throws {InvalidYamlError} @throws {InvalidManifestError} each naming file and line.
 */
export async function readManifest<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema>> {
  return parseManifest(file, await textOf(file), schema);
}

/** The same for text at hand; `file` is what a fault names. */
export function parseManifest<Schema extends z.ZodType>(file: string, text: string, schema: Schema): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false, prettyErrors: false });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) {
    throw new InvalidYamlError({ file, line: lines.linePos(fault.pos[0]).line }, sentenceOf(fault.message), {
      cause: fault,
    });
  }
  const parsed = schema.safeParse(unfold(file, document));
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues;
  if (first === undefined) throw new InvalidManifestError({ file }, 'the manifest does not fit its schema.');
  const field = first.path.map(String).join('.') || 'the manifest';
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new InvalidManifestError(
    { file, line: lineOf(document, lines, first) },
    withStop(`${field}: ${first.message}${more}`),
    {
      cause: parsed.error,
    },
  );
}

async function textOf(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size > MAX_MANIFEST_BYTES) {
      throw new ManifestUnreadableError({ file }, `has ${size} bytes; a manifest has at most ${MAX_MANIFEST_BYTES}.`);
    }
    bytes = await handle.readFile();
  } catch (cause) {
    if (cause instanceof ManifestUnreadableError) throw cause;
    throw new ManifestUnreadableError({ file }, `cannot be read (${codeOf(cause)}).`, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidYamlError({ file }, 'the text is not UTF-8.', { cause });
  }
}

function unfold(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new InvalidYamlError({ file }, 'its aliases unfold to too much, or lead nowhere.', { cause });
  }
}

/** The line of the field that an issue is about; of its nearest parent where the field is missing. */
function lineOf(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): number | undefined {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const key of path) {
    const [at, inner] = childOf(node, key);
    if (inner === undefined) break;
    offset = at ?? offset;
    node = inner;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

/** Where a child begins (a map's child at its key), and the child. */
function childOf(node: unknown, key: PropertyKey): [number | undefined, Node | undefined] {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    const at = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    return [at, isNode(pair?.value) ? pair.value : undefined];
  }
  const child = isNode(node) && 'get' in node ? node.get(Number(key), true) : undefined;
  return isNode(child) ? [child.range?.[0], child] : [undefined, undefined];
}

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown reason';

const sentenceOf = (message: string): string => withStop((message.split('\n')[0] ?? message).replace(/[.:]?\s*$/, ''));

const withStop = (sentence: string): string => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`);
