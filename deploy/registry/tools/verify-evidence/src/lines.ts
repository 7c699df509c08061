import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ToolFailure } from './failure.ts';
import type { EvidenceFile } from './input.ts';

/** No claim is longer; what follows in a longer line need not be kept. */
const MAX_KEPT_CHARS = 20_000;
/** A small archive may unpack to terabytes; nobody reads more than this in one go. */
const MAX_UNPACKED_CHARS = 4 * 1024 ** 3;

/**
 * The wanted lines of a file, by number from 1, without their line ends; lines beyond its end are missing. Written apart
 * from analyze_logs on purpose: a check that shared its reader would share its mistakes.
 * @throws {ToolFailure} for a file that cannot be read.
 */
export async function linesOf(file: EvidenceFile, wanted: ReadonlySet<number>): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const last = Math.max(...wanted);
  const encoding = await encodingOf(file);
  const decoder = new TextDecoder(encoding.charset);
  let number = 1;
  let unfinished = '';
  let isEmpty = true;
  let chars = 0;
  const take = (rest: string) => {
    if (wanted.has(number)) found.set(number, rest.endsWith('\r') ? rest.slice(0, -1) : rest);
    number++;
  };
  try {
    for await (const chunk of bytesOf(file, encoding.isGzip)) {
      const text = decoder.decode(chunk, { stream: true });
      chars += text.length;
      if (chars > MAX_UNPACKED_CHARS) throw new ToolFailure('too-large', `"${file.name}" unpacks to more than 4 GiB.`);
      const parts = text.split('\n');
      for (const [index, part] of parts.entries()) {
        if (index > 0) {
          take(unfinished);
          unfinished = '';
          isEmpty = true;
        }
        if (unfinished.length < MAX_KEPT_CHARS) unfinished += part;
        if (part !== '') isEmpty = false;
      }
      if (number > last) return found;
    }
  } catch (cause) {
    if (cause instanceof ToolFailure) throw cause;
    throw new ToolFailure('unreadable-file', `"${file.name}" cannot be read to its end.`, { cause });
  }
  unfinished += decoder.decode();
  if (!isEmpty || unfinished !== '') take(unfinished);
  return found;
}

async function encodingOf(
  file: EvidenceFile,
): Promise<{ isGzip: boolean; charset: 'utf-8' | 'utf-16le' | 'utf-16be' }> {
  const isGzip = (await firstBytes(file, false)) === '1f8b';
  const mark = isGzip ? await firstBytes(file, true) : await firstBytes(file, false);
  return { isGzip, charset: mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8' };
}

async function firstBytes(file: EvidenceFile, isGzip: boolean): Promise<string> {
  try {
    for await (const chunk of bytesOf(file, isGzip)) return chunk.toString('hex', 0, 2);
    return '';
  } catch (cause) {
    throw new ToolFailure('unreadable-file', `"${file.name}" cannot be read: check that it exists and is a file.`, {
      cause,
    });
  }
}

async function* bytesOf(file: EvidenceFile, isGzip: boolean): AsyncGenerator<Buffer> {
  // Opened first, so that a missing file fails here and not in a stream that nobody listens to yet.
  const handle = await open(file.path);
  const stream = createReadStream('', { fd: handle, highWaterMark: 256 * 1024 });
  // The callback must be there; a fault also reaches the reader.
  yield* isGzip ? pipeline(stream, createGunzip(), () => undefined) : stream;
}
