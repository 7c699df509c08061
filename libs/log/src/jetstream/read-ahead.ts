import { LRUCache } from 'lru-cache';
import type { Bus } from './bus.js';
import { type PageRequest, readPage, type StoredPage } from './pages.js';

/** Long boundaries that are read side by side at most: a page of each may lie in memory. */
const READERS = 8;
/** A page that nobody asked for by then is forgotten. Milliseconds. */
const KEPT_MS = 2_000;

interface Reading {
  /** Where the next page begins. */
  readonly from: number;
  /** That page, on its way since the reader turned the last one. */
  readonly page?: Promise<StoredPage | undefined>;
}

/**
 * Reads pages, and from the third of a row on the next one while the caller still works on this: whoever folds a long
 * story waits for the server once, not for each page.
 */
export class ReadAhead {
  readonly #readings = new LRUCache<string, Reading>({ max: READERS, ttl: KEPT_MS });

  constructor(private readonly bus: Bus) {}

  /** @throws {LogUnavailableError} @throws {LogForbiddenError} */
  async read(request: PageRequest): Promise<StoredPage> {
    const key = `${request.stream} ${request.filter} ${request.size}`;
    const known = this.#readings.get(key);
    this.#readings.delete(key);
    const inRow = known?.from === request.from;
    const ahead = inRow ? await known.page : undefined;
    // A last page may have grown since, and it is the one by which the caller knows that there is no more.
    const page =
      ahead?.more === true
        ? ahead
        : await this.bus.patiently(`reading ${request.filter}`, () => readPage(this.bus, request));
    const last = page.stored.at(-1);
    if (page.more && last !== undefined) {
      const from = last.position + 1;
      this.#readings.set(key, inRow ? { from, page: this.#ahead({ ...request, from }) } : { from });
    }
    return page;
  }

  /** The page, or nothing where that did not work: then it is asked for again when somebody wants it. */
  async #ahead(request: PageRequest): Promise<StoredPage | undefined> {
    try {
      return await readPage(this.bus, request);
    } catch {
      return undefined; // whoever wants the page asks again, and hears what is wrong
    }
  }
}
