import { createHash } from 'node:crypto';
import type { PayloadRef } from '@voorman/envelope';
import { PayloadCorruptError, PayloadMissingError } from '../errors.js';
import type { Payloads } from '../payloads.js';
import type { Link } from './link.js';
import type { MemoryStore } from './store.js';

/** Content in the store's memory, in one bucket per writer. The object's name is its digest. */
export class MemoryPayloads implements Payloads {
  constructor(
    private readonly store: MemoryStore,
    private readonly link: Link,
  ) {}

  async put(content: AsyncIterable<Uint8Array>, mediaType: string): Promise<PayloadRef> {
    const hash = createHash('sha256');
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of content) {
      hash.update(piece);
      pieces.push(piece.slice());
      bytes += piece.length;
    }
    const digest = hash.digest('hex');
    const ref = `payloads_${this.link.client}/${digest}`;
    await this.link.ask('content', `storing ${ref}`, () => this.store.putContent(ref, { pieces, mediaType }));
    return { ref, digest: `sha256:${digest}`, bytes, media_type: mediaType };
  }

  async *open(ref: PayloadRef): AsyncGenerator<Uint8Array> {
    const content = await this.link.ask('content', `reading ${ref.ref}`, () => this.store.content(ref.ref));
    if (!content) throw new PayloadMissingError(ref.ref);
    const hash = createHash('sha256');
    for (const piece of content.pieces) {
      hash.update(piece);
      yield piece.slice();
    }
    if (`sha256:${hash.digest('hex')}` !== ref.digest) throw new PayloadCorruptError(ref.ref);
  }
}
