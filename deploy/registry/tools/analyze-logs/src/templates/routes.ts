import type { HttpExchange } from '../layouts/draft.ts';
import { maskPath } from './mask.ts';
import { ANY } from './tokens.ts';

const MAX_SEGMENTS = 6;
const MAX_CACHED = 4096;
/** A place in a path that takes more values than this takes any: it is shown as a wildcard. */
const MAX_CHILDREN = 24;

/** All requests of one method to one route that were answered with one status. */
export interface Exchanges<Track> {
  readonly method: string;
  /** Path segments, masked. */
  route: readonly string[];
  readonly status: number;
  count: number;
  readonly track: Track;
}

/** Counts requests by method, route template and status, in bounded memory. */
export class RouteTable<Track> {
  readonly #newTrack: () => Track;
  readonly #absorb: (into: Track, from: Track) => void;
  readonly #maxEntries: number;
  #entries = new Map<string, Exchanges<Track>>();
  #cache = new Map<string, Exchanges<Track>>();

  constructor(newTrack: () => Track, absorb: (into: Track, from: Track) => void, maxEntries = 1500) {
    this.#newTrack = newTrack;
    this.#absorb = absorb;
    this.#maxEntries = maxEntries;
  }

  add(http: HttpExchange): Exchanges<Track> {
    const raw = `${http.status} ${http.method} ${http.path}`;
    let entry = this.#cache.get(raw);
    if (entry === undefined) {
      const method = /^[A-Z]{3,10}$/.test(http.method) ? http.method : 'OTHER';
      entry = this.#entry(method, maskPath(http.path, MAX_SEGMENTS).split('/'), http.status);
      if (this.#cache.size >= MAX_CACHED) this.#cache = new Map();
      this.#cache.set(raw, entry);
    }
    entry.count++;
    return entry;
  }

  /**
   * The counts with one entry for each method, route and status, busiest first. A segment that takes many values
   * becomes `<*>`, except for the values that make up much of the traffic at that place.
   */
  summary(): Exchanges<Track>[] {
    const tree = countSegments(this.#entries.values());
    const merged = new Map<string, Exchanges<Track>>();
    for (const entry of this.#entries.values()) {
      const route = generalise(entry.route, tree);
      const key = `${entry.status} ${entry.method} ${route.join('/')}`;
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...entry, route });
      else this.#sum(known, entry);
    }
    return [...merged.values()].sort((a, b) => b.count - a.count);
  }

  #entry(method: string, route: readonly string[], status: number): Exchanges<Track> {
    const key = `${status} ${method} ${route.join('/')}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    if (this.#entries.size >= this.#maxEntries) this.#giveUpRarest();
    const entry = { method, route, status, count: 0, track: this.#newTrack() };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Sums up the rarest quarter as `<*>` of their method and status. */
  #giveUpRarest(): void {
    const ranked = [...this.#entries].sort((a, b) => b[1].count - a[1].count);
    const kept = Math.floor(this.#maxEntries * 0.75);
    this.#entries = new Map(ranked.slice(0, kept));
    this.#cache = new Map();
    for (const [, entry] of ranked.slice(kept)) {
      const key = `${entry.status} ${entry.method} ${ANY}`;
      const others = this.#entries.get(key);
      if (others === undefined) this.#entries.set(key, { ...entry, route: [ANY] });
      else this.#sum(others, entry);
    }
  }

  #sum(into: Exchanges<Track>, from: Exchanges<Track>): void {
    into.count += from.count;
    this.#absorb(into.track, from.track);
  }
}

interface Segment {
  count: number;
  readonly children: Map<string, Segment>;
}

function countSegments(entries: Iterable<Exchanges<unknown>>): Segment {
  const root: Segment = { count: 0, children: new Map() };
  for (const { route, count } of entries) {
    let node = root;
    for (const segment of route) {
      node.count += count;
      let child = node.children.get(segment);
      if (child === undefined) {
        child = { count: 0, children: new Map() };
        node.children.set(segment, child);
      }
      node = child;
    }
    node.count += count;
  }
  return root;
}

function generalise(route: readonly string[], tree: Segment): string[] {
  let node: Segment | undefined = tree;
  return route.map((segment) => {
    const child: Segment | undefined = node?.children.get(segment);
    const isOneOfMany = node !== undefined && node.children.size > MAX_CHILDREN;
    const isHeavy = child !== undefined && node !== undefined && child.count >= node.count * 0.02;
    node = child;
    return isOneOfMany && !isHeavy ? ANY : segment;
  });
}
