import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** What an endpoint sent cannot be had: the rest of a sentence, for instance `answered with more than 10 MiB`. */
export class BodyError extends Error {
  constructor(readonly what: string) {
    super(what);
  }
}

/** The encodings that `readBody` can undo. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/**
 * The body as text. Both what arrives and what it unpacks to are counted while it happens: a few bytes that unpack to
 * gigabytes never become more than the limit.
 * @param encoding `Content-Encoding`
 * @throws {BodyError} larger than allowed, in an encoding that we did not ask for, or not unpackable.
 */
export async function readBody(
  body: AsyncIterable<Buffer>,
  encoding: string | undefined,
  maxBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return (await unpacked(Buffer.concat(chunks), encoding?.trim().toLowerCase(), maxBytes)).toString('utf8');
}

async function unpacked(packed: Buffer, encoding: string | undefined, maxOutputLength: number): Promise<Buffer> {
  if (packed.length === 0 || encoding === undefined || encoding === '' || encoding === 'identity') return packed;
  const unpack = unpackerOf(encoding, packed);
  if (unpack === undefined) throw new BodyError('answered in an encoding that it was not asked for');
  try {
    return await unpack(packed, { maxOutputLength });
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(maxOutputLength);
    }
    throw new BodyError('answered with something that cannot be unpacked');
  }
}

/** Encodings in a row are none of these: nobody needs them, and each would multiply the last. */
function unpackerOf(encoding: string, packed: Buffer) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return promisify(gunzip);
    case 'deflate':
      // Many send it without the header that the standard asks for; with it the lower half of the first byte is 8.
      return promisify((packed[0] ?? 0) % 16 === 8 ? inflate : inflateRaw);
    case 'br':
      return promisify(brotliDecompress);
    default:
      return undefined;
  }
}

const tooLarge = (bytes: number): BodyError =>
  new BodyError(`answered with more than ${bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20} MiB` : `${bytes} bytes`}`);
