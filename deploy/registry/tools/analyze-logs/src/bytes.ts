import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ToolFailure } from './failure.ts';

const CHUNK_BYTES = 256 * 1024;
/** A small archive may unpack to terabytes; nobody reads more than this in one go. */
const MAX_UNPACKED_BYTES = 4 * 1024 ** 3;

const OTHER_ARCHIVES: readonly (readonly [magic: string, name: string])[] = [
  ['504b0304', 'a zip archive'],
  ['28b52ffd', 'a zstd archive'],
  ['425a68', 'a bzip2 archive'],
  ['fd377a585a', 'an xz archive'],
  ['25504446', 'a PDF document'],
];

/**
 * The bytes of a text file, chunk by chunk; gzip is unpacked and UTF-16 becomes UTF-8 on the way.
 * A chunk is only valid until the next one is asked for: plain files are read into one buffer again and again.
 * @throws {ToolFailure} unreadable, empty, binary, damaged or absurdly large after unpacking.
 */
export async function* textChunks(path: string, name: string): AsyncGenerator<Buffer> {
  const head = await readHead(path, name);
  if (head.length === 0) throw new ToolFailure('empty-file', `"${name}" is empty: there is nothing to analyse.`);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const chunks = isGzip ? unpackedChunks(path, name) : plainChunks(path);
  let decode: ((chunk: Buffer) => Buffer) | undefined;
  for await (const chunk of chunks) {
    decode ??= decoderFor(chunk, name);
    yield decode(chunk);
  }
  if (decode === undefined) throw new ToolFailure('empty-file', `"${name}" is empty once it is unpacked.`);
}

async function readHead(path: string, name: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw new ToolFailure('unreadable-file', `"${name}" cannot be read: check that it exists and is a file.`, {
      cause,
    });
  }
}

async function* plainChunks(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* unpackedChunks(path: string, name: string): AsyncGenerator<Buffer> {
  let total = 0;
  try {
    // The callback must be there; a fault also reaches the loop below, which is where it is told.
    const stream = pipeline(createReadStream(path), createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined);
    for await (const chunk of stream) {
      total += chunk.length;
      if (total > MAX_UNPACKED_BYTES) {
        throw new ToolFailure('too-large', `"${name}" unpacks to more than 4 GiB: attach the part that matters.`);
      }
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof ToolFailure) throw cause;
    throw new ToolFailure('damaged-gzip', `"${name}" is a damaged or unfinished gzip file.`, { cause });
  }
}

/** Judges the first chunk: text passes as it is, UTF-16 with its mark is converted, anything else is refused. */
function decoderFor(first: Buffer, name: string): (chunk: Buffer) => Buffer {
  const mark = first.readUIntBE(0, Math.min(2, first.length));
  if (mark === 0xfffe || mark === 0xfeff) {
    const decoder = new TextDecoder(mark === 0xfffe ? 'utf-16le' : 'utf-16be');
    return (chunk) => Buffer.from(decoder.decode(chunk, { stream: true }));
  }
  const sample = first.subarray(0, 8192);
  let controls = 0;
  for (const byte of sample) if (byte < 7 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32)) controls++;
  if (controls > sample.length * 0.05) {
    const magic = sample.toString('hex', 0, 8);
    const what = OTHER_ARCHIVES.find(([start]) => magic.startsWith(start))?.[1] ?? 'a binary file';
    throw new ToolFailure('binary-file', `"${name}" is ${what}, not a text log: attach the text (or a .gz of it).`);
  }
  return (chunk) => chunk;
}
