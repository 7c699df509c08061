import { createHash } from 'node:crypto';
import { hasCode } from '@voorman/envelope';
import type { Bundles } from '../bundles.js';
import { PayloadCorruptError } from '../errors.js';
import { Bucket, objectNameIn, sha256In } from './bucket.js';
import type { Bus } from './bus.js';
import { BUNDLE_NOTICES, BUNDLES_BUCKET } from './stream-config.js';

/** By when every replica has what was announced. Milliseconds. */
const REPLICA_LAG_MS = 1_000;

/** Compiled policy in the bucket `bundles`; the server announces each change, a notice that gets lost is made up for. */
export class JetStreamBundles implements Bundles {
  readonly #bucket: Bucket;
  /** Names that were asked for: what may have changed while the connection was down. */
  readonly #known = new Set<string>();

  constructor(private readonly bus: Bus) {
    this.#bucket = new Bucket(bus, BUNDLES_BUCKET);
  }

  async put(name: string, content: Uint8Array): Promise<void> {
    await this.#bucket.put(
      (async function* () {
        yield content;
      })(),
      () => name,
    );
  }

  /** @throws {PayloadCorruptError} @throws {PayloadMissingError} also when it is replaced faster than it can be read. */
  async get(name: string): Promise<Uint8Array | undefined> {
    this.#known.add(name);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#read(name);
      } catch (fault) {
        // Replacing an object removes its old chunks, also from under a reader.
        const replaced = hasCode(fault, 'log/payload-missing') || hasCode(fault, 'log/payload-corrupt');
        if (!replaced || attempt === 3) throw fault;
      }
    }
  }

  async #read(name: string): Promise<Uint8Array | undefined> {
    const metadata = await this.#bucket.find(name, 0);
    if (metadata === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#bucket.read(metadata)) chunks.push(chunk);
    const content = Buffer.concat(chunks);
    if (createHash('sha256').update(content).digest('hex') === sha256In(metadata)) return content;
    throw new PayloadCorruptError(`${BUNDLES_BUCKET}/${name}`);
  }

  watch(changed: (name: string) => void): () => void {
    const later = new Set<NodeJS.Timeout>();
    const notice = (name: string): void => {
      changed(name);
      // The replica that answered the first look may not have had it yet.
      const again = setTimeout(() => {
        later.delete(again);
        changed(name);
      }, REPLICA_LAG_MS);
      later.add(again);
    };
    const notices = this.bus.connection.subscribe(`${BUNDLE_NOTICES}.>`, {
      callback: (fault, told) => {
        // A callback that throws would make the connection deaf, so the reader is called outside of it.
        if (!fault) queueMicrotask(() => notice(objectNameIn(told.subject)));
      },
    });
    const stop = this.bus.onReconnect(() => {
      for (const name of this.#known) changed(name);
    });
    return () => {
      stop();
      for (const again of later) clearTimeout(again);
      if (!notices.isClosed()) notices.unsubscribe();
    };
  }
}
