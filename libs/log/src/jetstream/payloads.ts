import { createHash } from 'node:crypto';
import type { PayloadRef, Token } from '@voorman/envelope';
import { PayloadCorruptError, PayloadMissingError } from '../errors.js';
import type { Payloads } from '../payloads.js';
import { Bucket } from './bucket.js';
import type { Bus } from './bus.js';
import { payloadsBucket } from './stream-config.js';

/** Large content in one bucket per writer: nobody can touch another's. Objects are named by their digest. */
export class JetStreamPayloads implements Payloads {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly bus: Bus,
    private readonly owner: Token,
  ) {}

  async put(content: AsyncIterable<Uint8Array>, mediaType: string): Promise<PayloadRef> {
    const bucket = payloadsBucket(this.owner);
    const { name, sha256, bytes } = await this.#bucket(bucket).put(content, (digest) => digest);
    return { ref: `${bucket}/${name}`, digest: `sha256:${sha256}`, bytes, media_type: mediaType };
  }

  async *open(ref: PayloadRef): AsyncGenerator<Uint8Array> {
    const [bucketName = '', objectName = ''] = ref.ref.split('/');
    const bucket = this.#bucket(bucketName);
    const metadata = await bucket.find(objectName);
    if (metadata === undefined) throw new PayloadMissingError(ref.ref);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of bucket.read(metadata)) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes > ref.bytes) throw new PayloadCorruptError(ref.ref);
      yield chunk;
    }
    if (`sha256:${hash.digest('hex')}` !== ref.digest) throw new PayloadCorruptError(ref.ref);
  }

  #bucket(name: string): Bucket {
    const known = this.#buckets.get(name) ?? new Bucket(this.bus, name);
    this.#buckets.set(name, known);
    return known;
  }
}
