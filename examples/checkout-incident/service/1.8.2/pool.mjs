import { DatabaseSync } from 'node:sqlite';

/** No connection came free in time: the caller answers 503. */
export class PoolExhaustedError extends Error {
  constructor(waitedMs, inUse, size) {
    super(`no database connection within ${waitedMs} ms: ${inUse} of ${size} in use`);
    this.status = 503;
  }
}

/** A fixed number of database connections. Whoever acquires one must release it. */
export class Pool {
  #idle = [];
  #waiting = [];

  constructor(file, { poolSize, acquireTimeoutMs }) {
    this.size = poolSize;
    this.acquireTimeoutMs = acquireTimeoutMs;
    for (let i = 0; i < poolSize; i += 1) {
      const connection = new DatabaseSync(file, { timeout: 1000 });
      connection.exec('pragma journal_mode = wal; pragma synchronous = off');
      this.#idle.push(connection);
    }
  }

  get inUse() {
    return this.size - this.#idle.length;
  }

  /** Resolves to a connection; rejects with PoolExhaustedError after `acquireTimeoutMs`. */
  acquire() {
    const connection = this.#idle.pop();
    if (connection) return Promise.resolve(connection);
    return new Promise((resolve, reject) => {
      const waiter = { resolve };
      waiter.timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new PoolExhaustedError(this.acquireTimeoutMs, this.inUse, this.size));
      }, this.acquireTimeoutMs);
      this.#waiting.push(waiter);
    });
  }

  /** Hands the connection to whoever waits longest, or keeps it for the next. */
  release(connection) {
    const waiter = this.#waiting.shift();
    if (!waiter) return void this.#idle.push(connection);
    clearTimeout(waiter.timer);
    waiter.resolve(connection);
  }
}
