import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { headers, nuid } from '@nats-io/nats-core';
import { LogFullError, PayloadMissingError } from '../errors.js';
import type { Bus } from './bus.js';
import { CHUNK_BYTES, ChunkOrder, chunksOf } from './chunks.js';
import { askLeader } from './leader.js';
import { storedIn, walk } from './pages.js';
import { ApiError, NoAnswerError } from './question.js';
import { bucketStream } from './stream-config.js';

/** What the object store's clients write about an object; ours read and write the same. */
interface ObjectMetadata {
  readonly bucket: string;
  readonly name: string;
  readonly nuid: string;
  readonly size: number;
  readonly chunks: number;
  /** `SHA-256=<base64url>` */
  readonly digest: string;
  readonly mtime: string;
  readonly deleted?: boolean;
}

export interface StoredObject {
  readonly name: string;
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Chunks of one object that travel at once: also what is held before the first is sent. */
const WINDOW = 8;
/** How long a replica may be behind the writer. Milliseconds. */
const REPLICA_PATIENCE_MS = 2_000;
/** Position of a chunk, so that one that had to be sent again finds its place. */
const CHUNK_HEADER = 'Voorman-Chunk';

/** The last token of an object's metadata subject. The padding stays. */
const objectToken = (name: string): string =>
  Buffer.from(name).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** The object's name in the last token of a subject. */
export const objectNameIn = (subject: string): string =>
  Buffer.from(subject.slice(subject.lastIndexOf('.') + 1), 'base64url').toString();

/**
 * One bucket of the object store, without the library's reads: those wait for messages that never cross accounts.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-20.md for the layout
 */
export class Bucket {
  readonly #stream: string;

  constructor(
    private readonly bus: Bus,
    private readonly bucket: string,
  ) {
    this.#stream = bucketStream(bucket);
  }

  /**
   * Stores content as it streams in; a window of chunks is in memory. `nameOf` names the object once its digest is known.
   * Content that already lies under that name is not stored twice: small content is not even sent.
   * @throws {LogFullError} @throws {LogForbiddenError} @throws {LogUnavailableError}
   */
  async put(content: AsyncIterable<Uint8Array>, nameOf: (sha256: string) => string): Promise<StoredObject> {
    const id = nuid.next();
    const hash = createHash('sha256');
    const held: Uint8Array[] = [];
    const flying = new Set<Promise<void>>();
    let fault: unknown;
    let [bytes, sent] = [0, 0];
    const send = (chunk: Uint8Array): void => {
      const flight = this.#sendChunk(id, sent++, chunk).then(
        () => void flying.delete(flight),
        (thrown) => {
          fault ??= thrown;
          flying.delete(flight);
        },
      );
      flying.add(flight);
    };
    try {
      for await (const chunk of chunksOf(content)) {
        hash.update(chunk);
        bytes += chunk.length;
        held.push(chunk);
        if (held.length <= WINDOW) continue;
        while (flying.size >= WINDOW) await Promise.race(flying);
        if (fault !== undefined) throw fault;
        send(held.shift() as Uint8Array);
      }
      const sha256 = hash.digest('hex');
      const name = nameOf(sha256);
      const before = await this.#metadataAtLeader(name);
      const same = before !== undefined && before.digest === digestOf(sha256);
      if (!same) for (const chunk of held) send(chunk);
      await Promise.all(flying);
      if (fault !== undefined) throw fault;
      if (same) {
        if (sent > 0) await this.#purge(id);
        return { name, sha256, bytes };
      }
      await this.#describe({ name, nuid: id, size: bytes, chunks: sent, digest: digestOf(sha256) });
      if (before !== undefined) await this.#purge(before.nuid);
      return { name, sha256, bytes };
    } catch (thrown) {
      await Promise.allSettled(flying);
      // What was begun is unreachable without metadata. The caller needs the first fault, not that of tidying up.
      if (sent > 0) await this.#purge(id).catch(() => undefined);
      throw thrown;
    }
  }

  /**
   * What is known of an object; `undefined` where there is none. A replica that is behind is given a moment.
   * @throws {LogForbiddenError} @throws {LogUnavailableError}
   */
  async find(name: string, patienceMs = REPLICA_PATIENCE_MS): Promise<ObjectMetadata | undefined> {
    const subject = this.bus.api(`DIRECT.GET.${this.#stream}.${this.#metadataSubject(name)}`);
    for (const untilMs = Date.now() + patienceMs; ; await pause(20)) {
      const answer = await this.bus.patiently(`looking for ${this.bucket}/${name}`, async () => {
        const given = await this.bus.ask({ subject });
        const code = given.headers?.code ?? 0;
        if (code !== 0 && code !== 404) throw new NoAnswerError(`a read was refused: ${given.headers?.status}`);
        return code === 404 ? undefined : given;
      });
      if (answer !== undefined) return live(storedIn(answer).data);
      if (Date.now() >= untilMs) return undefined;
    }
  }

  /**
   * The chunks of an object in order; the reader compares the digest.
   * @throws {PayloadMissingError} some are not there, or not any more.
   */
  async *read(metadata: ObjectMetadata): AsyncGenerator<Uint8Array> {
    const order = new ChunkOrder();
    const filter = `$O.${this.bucket}.C.${metadata.nuid}`;
    let from = 1;
    for (const untilMs = Date.now() + REPLICA_PATIENCE_MS; ; await pause(20)) {
      for await (const page of walk(this.bus, { stream: this.#stream, filter, from, size: 16 })) {
        for (const chunk of page) {
          const index = chunk.header(CHUNK_HEADER);
          const due = order.take(chunk.data, index === undefined ? undefined : Number(index));
          if (due === undefined) return;
          yield* due;
          from = chunk.position + 1;
        }
      }
      if (order.count >= metadata.chunks) return;
      if (Date.now() >= untilMs) throw new PayloadMissingError(`${this.bucket}/${metadata.name}`);
    }
  }

  async #sendChunk(id: string, index: number, data: Uint8Array): Promise<void> {
    const chunk = headers();
    chunk.set(CHUNK_HEADER, String(index));
    // A chunk whose acknowledgement was lost is recognised when it comes again.
    chunk.set('Nats-Msg-Id', `${id}.${index}`);
    await this.#publish({ subject: `$O.${this.bucket}.C.${id}`, data, headers: chunk, timeoutMs: 5_000 });
  }

  async #describe(object: Omit<ObjectMetadata, 'bucket' | 'mtime'>): Promise<void> {
    const metadata: ObjectMetadata & { options: object } = {
      ...object,
      bucket: this.bucket,
      mtime: new Date().toISOString(),
      options: { max_chunk_size: CHUNK_BYTES },
    };
    const rollup = headers();
    rollup.set('Nats-Rollup', 'sub');
    const subject = this.#metadataSubject(object.name);
    await this.#publish({ subject, data: JSON.stringify(metadata), headers: rollup });
  }

  async #publish(message: Parameters<Bus['ask']>[0]): Promise<void> {
    try {
      await this.bus.patiently(`writing to ${this.bucket}`, () => this.bus.askApi(message));
    } catch (fault) {
      if (fault instanceof ApiError && fault.code === 10077) throw new LogFullError({ cause: fault });
      throw fault;
    }
  }

  async #purge(id: string): Promise<void> {
    const subject = this.bus.api(`STREAM.PURGE.${this.#stream}`);
    const data = JSON.stringify({ filter: `$O.${this.bucket}.C.${id}` });
    await this.bus.patiently(`clearing ${this.bucket}`, () => this.bus.askApi({ subject, data }));
  }

  async #metadataAtLeader(name: string): Promise<ObjectMetadata | undefined> {
    const filter = this.#metadataSubject(name);
    const stored = await this.bus.patiently(`looking for ${this.bucket}/${name}`, () =>
      askLeader(this.bus, this.#stream, { last_by_subj: filter }),
    );
    return stored === undefined ? undefined : live(stored.data);
  }

  #metadataSubject(name: string): string {
    return `$O.${this.bucket}.M.${objectToken(name)}`;
  }
}

const digestOf = (sha256: string): string =>
  `SHA-256=${Buffer.from(sha256, 'hex').toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`;

/** The digest in metadata, hexadecimal. */
export const sha256In = (metadata: Pick<ObjectMetadata, 'digest'>): string =>
  Buffer.from(metadata.digest.replace('SHA-256=', ''), 'base64url').toString('hex');

/** What was written about an object; nothing where it was deleted or is no such thing. */
function live(data: Uint8Array): ObjectMetadata | undefined {
  try {
    const metadata = JSON.parse(Buffer.from(data).toString()) as ObjectMetadata;
    return metadata.deleted === true || typeof metadata.nuid !== 'string' ? undefined : metadata;
  } catch {
    return undefined; // whoever may write the bucket may write junk into it: to a reader, nothing lies there
  }
}
