import { createHash } from 'node:crypto';
import pg from 'pg';
import { valueTypes } from './values.js';

/** What the driver keeps of a connection and does not declare. */
interface Inside {
  readonly processID?: number | null;
  readonly connection?: { readonly stream?: NodeJS.ReadableStream & { destroy(): void } };
}

const MAX_CONNECTIONS = 8;
const IDLE_MS = 30_000;
const CONNECT_MS = 10_000;
/** How long a cancelled statement has to end before its connection is cut. */
const GRACE_MS = 2_000;

/** Connections to databases, kept for the next call: one pool for each address and access. */
export class Databases {
  readonly #pools = new Map<string, { readonly owner: string; readonly pool: pg.Pool }>();

  constructor(private readonly report: (fault: unknown) => void) {}

  /** @throws what the driver throws, where nobody answers. @param owner the tool: a changed address replaces its old pool. */
  async connect(owner: string, address: string, isReadOnly: boolean): Promise<Session> {
    const key = createHash('sha256').update(`${isReadOnly} ${owner} ${address}`).digest('hex');
    let entry = this.#pools.get(key);
    if (entry === undefined) {
      this.#replace(owner);
      entry = { owner, pool: this.#open(address, isReadOnly) };
      this.#pools.set(key, entry);
    }
    return new Session(await entry.pool.connect(), address, this.report);
  }

  async stop(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.end()));
  }

  #open(address: string, isReadOnly: boolean): pg.Pool {
    const pool = new pg.Pool({
      connectionString: address,
      max: MAX_CONNECTIONS,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'voorman',
      types: valueTypes,
      ...(isReadOnly ? { options: '-c default_transaction_read_only=on' } : {}),
    });
    // Without a listener, a server that goes away would end the process.
    pool.on('error', (fault) => this.report(fault));
    return pool;
  }

  /** Calls that are under way finish on the old pool. */
  #replace(owner: string): void {
    for (const [key, entry] of this.#pools) {
      if (entry.owner !== owner) continue;
      this.#pools.delete(key);
      entry.pool.end().catch((fault: unknown) => this.report(fault));
    }
  }
}

/** One connection, for one call. */
export class Session {
  constructor(
    readonly client: pg.PoolClient,
    private readonly address: string,
    private readonly report: (fault: unknown) => void,
  ) {
    // The pool listens only while it holds the connection; without a listener its loss would end the process.
    client.on('error', report);
  }

  /** Gives it back to the pool, or cuts it where nobody knows what state it is in. */
  release(isClean: boolean): void {
    this.client.off('error', this.report);
    // What is cut may still say so.
    if (!isClean) this.client.on('error', () => {});
    this.client.release(!isClean);
  }

  /** Asks the server to end the statement; cuts the connection where that does not help. Resolves after a while. */
  async cancel(): Promise<void> {
    const { processID } = this.client as unknown as Inside;
    const cut = setTimeout(() => this.cut(), GRACE_MS);
    cut.unref();
    this.client.once('end', () => clearTimeout(cut));
    const other = new pg.Client({ connectionString: this.address, connectionTimeoutMillis: GRACE_MS });
    other.on('error', () => this.cut());
    try {
      await other.connect();
      await other.query('SELECT pg_catalog.pg_cancel_backend($1)', [processID ?? 0]);
      await other.end();
    } catch {
      // The server cannot be asked: then the connection is cut after all, and the server notices by itself.
      this.cut();
    }
  }

  cut(): void {
    (this.client as unknown as Inside).connection?.stream?.destroy();
  }

  /** Calls once when more than so many bytes have come in. @returns what ends the watching. */
  watch(maxBytes: number, exceeded: () => void): () => void {
    const stream = (this.client as unknown as Inside).connection?.stream;
    let bytes = 0;
    const count = (chunk: Buffer) => {
      const before = bytes;
      bytes += chunk.length;
      if (before <= maxBytes && bytes > maxBytes) exceeded();
    };
    stream?.on('data', count);
    return () => stream?.off('data', count);
  }
}
