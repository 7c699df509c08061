import type { PayloadRef } from '@voorman/envelope';

/** Content too large for a record: written into the writer's own bucket, read by everyone, checked by digest. */
export interface Payloads {
  /** Stores content as it streams in; at most a few chunks are in memory. The same content gets the same reference. */
  put(content: AsyncIterable<Uint8Array>, mediaType: string): Promise<PayloadRef>;
  /**
   * Streams content.
   * @throws {PayloadMissingError} nothing lies there. @throws {PayloadCorruptError} at its end, when the digest differs.
   */
  open(ref: PayloadRef): AsyncIterable<Uint8Array>;
}
