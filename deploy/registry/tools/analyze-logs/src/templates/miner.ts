import { SEVERITIES, type Severity, severityOfWords } from '../severity.ts';
import { mask } from './mask.ts';
import { ANY, similarity, tokensOf, widen } from './tokens.ts';

/** A message template and whatever the caller counts under it. */
export interface Template<Track> {
  readonly id: number;
  readonly severity: Severity;
  /** True if the words tell of a failure, whatever level the record has. */
  readonly isFailing: boolean;
  /** True if templates of this shape were given up before: then its first record is not its first ever. */
  readonly isReturning: boolean;
  tokens: string[];
  count: number;
  /** How many messages the miner had seen when it last saw this one. */
  lastSeen: number;
  readonly track: Track;
}

export interface MinerLimits {
  readonly maxTemplates: number;
  readonly maxChildren: number;
  readonly maxLeaf: number;
  readonly maxCached: number;
}

const DEFAULT_LIMITS: MinerLimits = { maxTemplates: 1500, maxChildren: 48, maxLeaf: 48, maxCached: 4096 };
const SIMILAR = 0.6;
const MAX_MESSAGE_CHARS = 1000;
const OTHERS = '(other messages)';

interface Leaf<Track> {
  readonly templates: Template<Track>[];
}
type Branch<T> = Map<string, T>;

/**
 * Groups messages into templates as they come (the idea of Drain: He, Zhu, Zheng, Lyu, ICWS 2017): a tree of fixed depth
 * (severity and number of words, first word, second word) leads to a short list, in which the most similar template
 * takes the message and is widened where they differ. Tree, lists and cache are bounded. When there are too many
 * templates, the rarest that nobody saw for long are summed up under "(other messages)", errors last.
 */
export class TemplateMiner<Track> {
  readonly #limits: MinerLimits;
  readonly #newTrack: () => Track;
  readonly #absorb: (into: Track, from: Track) => void;
  readonly #tree: Branch<Branch<Branch<Leaf<Track>>>> = new Map();
  readonly #others = new Map<Severity, Template<Track>>();
  /** Shapes that were given up once, as bits: small, and a false alarm only costs a "new". */
  readonly #givenUp = new Uint8Array(1 << 16);
  #templates: Template<Track>[] = [];
  #cache = new Map<string, Template<Track>>();
  #olderCache = new Map<string, Template<Track>>();
  #nextId = 1;
  #clock = 0;

  /** @param absorb adds the counts of one track to another, when a template is given up. */
  constructor(newTrack: () => Track, absorb: (into: Track, from: Track) => void, limits?: Partial<MinerLimits>) {
    this.#newTrack = newTrack;
    this.#absorb = absorb;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** All templates, those of rare messages that were given up summed up as one for each severity. */
  get templates(): readonly Template<Track>[] {
    return [...this.#templates, ...this.#others.values()];
  }

  /** Finds or makes the template of a message and counts it. @param level as stated; left out, the words decide. */
  add(message: string, level: Severity | undefined): Template<Track> {
    const text = message.length > MAX_MESSAGE_CHARS ? message.slice(0, MAX_MESSAGE_CHARS) : message;
    const key = (level === undefined ? '?' : level[0]) + mask(text);
    this.#clock++;
    const template = this.#cached(key) ?? this.#place(key.slice(1), level);
    this.#remember(key, template);
    template.count++;
    return template;
  }

  #cached(key: string): Template<Track> | undefined {
    return this.#cache.get(key) ?? this.#olderCache.get(key);
  }

  /** Two generations: what was not used during a whole one is forgotten. */
  #remember(key: string, template: Template<Track>): void {
    template.lastSeen = this.#clock;
    if (this.#cache.has(key)) return;
    if (this.#cache.size >= this.#limits.maxCached) {
      this.#olderCache = this.#cache;
      this.#cache = new Map();
    }
    this.#cache.set(key, template);
  }

  #place(masked: string, level: Severity | undefined): Template<Track> {
    const words = severityOfWords(masked);
    const severity = level ?? words;
    const tokens = tokensOf(masked);
    const leaf = this.#leafFor(severity, tokens);
    let best: Template<Track> | undefined;
    let bestSimilarity = -1;
    for (const template of leaf.templates) {
      const alike = similarity(template.tokens, tokens);
      if (alike > bestSimilarity) {
        best = template;
        bestSimilarity = alike;
      }
    }
    const isFull = leaf.templates.length >= this.#limits.maxLeaf;
    if (best !== undefined && (bestSimilarity >= SIMILAR || isFull)) {
      best.tokens = best.tokens.map((token, index) => widen(token, tokens[index] ?? ''));
      return best;
    }
    if (this.#templates.length >= this.#limits.maxTemplates) {
      this.#giveUpRarest();
      return this.#place(masked, level);
    }
    return this.#create(severity, words === 'error', tokens, leaf);
  }

  #create(severity: Severity, isFailing: boolean, tokens: string[], leaf: Leaf<Track>): Template<Track> {
    const isReturning = this.#givenUp[shapeOf(severity, tokens)] === 1;
    const id = this.#nextId++;
    const template = { id, severity, isFailing, isReturning, tokens, count: 0, lastSeen: 0, track: this.#newTrack() };
    leaf.templates.push(template);
    this.#templates.push(template);
    return template;
  }

  #leafFor(severity: Severity, tokens: readonly string[]): Leaf<Track> {
    const shape = `${severity} ${tokens.length}`;
    const firsts = childOf(this.#tree, shape, () => new Map<string, Branch<Leaf<Track>>>());
    const first = this.#branchKey(firsts, tokens[0]);
    const seconds = childOf(firsts, first, () => new Map<string, Leaf<Track>>());
    return childOf(seconds, this.#branchKey(seconds, tokens[1]), () => ({ templates: [] }));
  }

  /** Words with wildcards in them, and words beyond the limit, share a branch. */
  #branchKey(branch: Branch<unknown>, token: string | undefined): string {
    if (token === undefined) return '';
    if (token.includes('<')) return ANY;
    return branch.has(token) || branch.size < this.#limits.maxChildren ? token : ANY;
  }

  /** Sums up the quarter that is worth least, then builds the tree anew from the rest. */
  #giveUpRarest(): void {
    const worth = (template: Template<Track>) =>
      Math.log2(1 + template.count) * 4 +
      (SEVERITIES.length - SEVERITIES.indexOf(template.severity)) +
      (4 * template.lastSeen) / this.#clock;
    const ranked = this.#templates.map((template) => ({ template, worth: worth(template) }));
    ranked.sort((a, b) => b.worth - a.worth);
    const kept = Math.floor(this.#limits.maxTemplates * 0.75);
    for (const { template } of ranked.slice(kept)) this.#giveUp(template);
    this.#templates = ranked.slice(0, kept).map(({ template }) => template);
    this.#cache = new Map();
    this.#olderCache = new Map();
    this.#tree.clear();
    for (const template of this.#templates) this.#leafFor(template.severity, template.tokens).templates.push(template);
  }

  #giveUp(template: Template<Track>): void {
    this.#givenUp[shapeOf(template.severity, template.tokens)] = 1;
    const { severity } = template;
    let others = this.#others.get(severity);
    if (others === undefined) {
      const id = this.#nextId++;
      others = {
        id,
        severity,
        isFailing: false,
        isReturning: true,
        tokens: [OTHERS],
        count: 0,
        lastSeen: 0,
        track: this.#newTrack(),
      };
      this.#others.set(severity, others);
    }
    others.count += template.count;
    this.#absorb(others.track, template.track);
  }
}

function childOf<T>(branch: Branch<T>, key: string, make: () => T): T {
  const found = branch.get(key);
  if (found !== undefined) return found;
  const made = make();
  branch.set(key, made);
  return made;
}

/** A 16 bit hash of severity, length and first word. */
function shapeOf(severity: Severity, tokens: readonly string[]): number {
  const first = tokens[0] ?? '';
  const text = `${severity}${tokens.length}${first.includes('<') ? ANY : first}`;
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) & 0xffff;
  return hash;
}
