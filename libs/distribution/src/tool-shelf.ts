import { hasCode, type PublicError, VoormanError } from '@voorman/envelope';
import type { CompiledTool, LoadedTool } from '@voorman/registry';
import { ChangedError, SignatureRefusedError, type Trust } from '@voorman/signing';
import { NotLaidOutError, UnusablePackageError } from './errors.js';
import { parseIndex, type RegistryIndex } from './registry-index.js';
import { REGISTRY_INDEX, type RegistrySource, RegistryStore } from './registry-store.js';
import { digestOfBytes } from './statement.js';
import { layOutTool } from './tool-folder.js';
import { nextChangeOfTrust, verifyTool } from './verified-tool.js';

type Tool = CompiledTool<LoadedTool>;
/** The tools of one revision, by name. */
export type ShelvedTools = ReadonlyMap<string, Tool>;

/** A tool that stays out, and why. */
export interface LeftOut {
  readonly tool: string;
  readonly version: string;
  readonly revision: string;
  readonly fault: PublicError;
}

/** What an operator is told. */
export interface ShelfReport {
  /** A revision is what new sessions begin with. */
  current(revision: string, tools: readonly string[]): void;
  /** What is left out of the current revision has changed. */
  leftOut(problems: readonly LeftOut[]): void;
  /** The store, or the trust folder, could not be read or says nothing usable: what was in use stays in use. */
  trouble(fault: unknown): void;
}

/** Where a shelf gets its tools, whom it trusts, and where it lays them out. */
export interface ShelfOptions {
  readonly source: RegistrySource;
  /** Whom to trust; asked again and again, so that a key that is revoked counts no more. */
  readonly trust: () => Promise<Trust>;
  /** Folder into which packages are laid out, each under its digest. */
  readonly folder: string;
  readonly nowMs: () => number;
  readonly report: ShelfReport;
}

/** One revision as it may be used at the moment. */
interface View {
  readonly tools: ShelvedTools;
  readonly sinceMs: number;
  readonly untilMs: number;
}

const NOTHING: ShelvedTools = new Map();

/**
 * The tools of a gateway: those of the revision in force, and of every older one that a session in flight began with.
 * A tool is on the shelf while enough trusted people vouch for exactly its files; whether they do is asked when a tool is
 * taken, so that an expired or revoked key counts no more in the middle of a session. The others stay usable.
 */
export class ToolShelf {
  readonly #store: RegistryStore;
  readonly #indexes = new Map<string, RegistryIndex>();
  readonly #loaded = new Map<string, Tool>();
  /** Why a signed tool could not be laid out, by digest. */
  readonly #unusable = new Map<string, PublicError>();
  readonly #views = new Map<string, View>();
  #trust: Trust = {
    roots: new Map(),
    thresholds: { tools: Number.POSITIVE_INFINITY, policy: Number.POSITIVE_INFINITY },
    problems: [],
  };
  #trustText = '';
  #current: string | undefined;
  #problems: readonly LeftOut[] = [];
  #told = '[]';
  /** Of the index that was taken last. */
  #indexDigest = '';
  /** What was last reported to be wrong with the store. */
  #trouble = '';

  constructor(private readonly options: ShelfOptions) {
    const { source } = options;
    this.#store = new RegistryStore({
      get: (name) => source.get(name),
      put: () => Promise.reject(new TypeError('A shelf publishes nothing.')),
    });
  }

  /** The revision that new sessions begin with; `undefined` before there is one. */
  get revision(): string | undefined {
    return this.#current;
  }

  /** What of the current revision cannot be used at this moment, and why. */
  get problems(): readonly LeftOut[] {
    if (this.#current !== undefined) this.#view(this.#current);
    return this.#problems;
  }

  /** Digest of a tool in a revision, as it was signed. */
  digestOf(name: string, revision = this.#current): string | undefined {
    const index = revision === undefined ? undefined : this.#indexes.get(revision);
    return index?.tools.find((tool) => tool.name === name)?.digest;
  }

  /** The usable tools of a revision that is held, by name; of the current one where none is named. */
  tools(revision = this.#current): ShelvedTools {
    return revision === undefined ? NOTHING : this.#view(revision).tools;
  }

  /**
   * The same for any revision that was ever published: an older one is fetched.
   * @throws what the store throws; the same attempt may succeed later.
   */
  async toolsOf(revision = this.#current): Promise<ShelvedTools> {
    if (revision === undefined || this.#indexes.has(revision)) return this.tools(revision);
    const index = await this.#store.at(revision);
    if (index === undefined || index.revision !== revision) return NOTHING;
    await this.#hold(index);
    return this.tools(revision);
  }

  /** Reads whom to trust and what is published, and holds it. Never rejects: what went wrong is reported, once. */
  async look(): Promise<void> {
    try {
      const isOtherTrust = await this.#readTrust();
      const bytes = await this.options.source.get(REGISTRY_INDEX);
      const digest = bytes === undefined ? '' : digestOfBytes(bytes);
      // A thousand signatures are not looked at again every few seconds for nothing.
      if (bytes !== undefined && digest !== this.#indexDigest) {
        await this.#take(parseIndex(bytes));
        this.#indexDigest = digest;
      }
      if (isOtherTrust || this.problems.length > 0) for (const index of this.#indexes.values()) await this.#hold(index);
      this.#tell();
      this.#trouble = '';
    } catch (fault) {
      if (String(fault) !== this.#trouble) this.options.report.trouble(fault);
      this.#trouble = String(fault);
    }
  }

  async #take(index: RegistryIndex): Promise<void> {
    const isNews = index.revision !== this.#current;
    // The same tools may come with other signatures.
    this.#views.delete(index.revision);
    await this.#hold(index);
    this.#current = index.revision;
    if (isNews) this.options.report.current(index.revision, [...this.tools().keys()]);
  }

  /** Lays out what is vouched for and not on the shelf yet. */
  async #hold(index: RegistryIndex): Promise<void> {
    for (const indexed of index.tools) {
      if (this.#loaded.has(indexed.digest)) continue;
      try {
        this.#unusable.delete(indexed.digest);
        const { statement } = verifyTool(indexed, this.#trust, this.options.nowMs());
        const fetch = async (): Promise<Uint8Array> => {
          const bytes = await this.#store.packageOf(indexed.digest);
          if (bytes !== undefined) return bytes;
          throw new UnusablePackageError(indexed.name, 'the store does not hold it');
        };
        const tool = await layOutTool(this.options.folder, indexed.digest, statement, fetch);
        this.#loaded.set(indexed.digest, tool);
      } catch (fault) {
        // The store may answer the next time; everything else is this one tool's affair.
        if (!(fault instanceof VoormanError) || fault.retryable || hasCode(fault, 'log/unavailable')) throw fault;
        // Who vouches for it is asked whenever it is taken.
        if (fault instanceof SignatureRefusedError && !(fault instanceof ChangedError)) continue;
        this.#unusable.set(indexed.digest, fault.toPublic());
      }
    }
    this.#indexes.set(index.revision, index);
    this.#views.delete(index.revision);
  }

  #view(revision: string): View {
    const nowMs = this.options.nowMs();
    const known = this.#views.get(revision);
    // A clock that was set back is no reason to believe what is not valid yet.
    if (known !== undefined && known.sinceMs <= nowMs && nowMs < known.untilMs) return known;
    const tools = new Map<string, Tool>();
    const problems: LeftOut[] = [];
    for (const indexed of this.#indexes.get(revision)?.tools ?? []) {
      const { name: tool, version, digest } = indexed;
      try {
        verifyTool(indexed, this.#trust, nowMs);
        const loaded = this.#loaded.get(digest);
        if (loaded !== undefined) tools.set(tool, loaded);
        else
          problems.push({
            tool,
            version,
            revision,
            fault: this.#unusable.get(digest) ?? new NotLaidOutError(tool).toPublic(),
          });
      } catch (fault) {
        if (!(fault instanceof VoormanError)) throw fault;
        problems.push({ tool, version, revision, fault: fault.toPublic() });
      }
    }
    const view = { tools, sinceMs: nowMs, untilMs: nextChangeOfTrust(this.#trust, nowMs) };
    this.#views.set(revision, view);
    if (revision === this.#current) this.#problems = problems;
    return view;
  }

  /** Whether it is another trust than before. */
  async #readTrust(): Promise<boolean> {
    const trust = await this.options.trust();
    const text = JSON.stringify([[...trust.roots], trust.thresholds, trust.problems.map((problem) => problem.message)]);
    if (text === this.#trustText) return false;
    for (const problem of trust.problems) this.options.report.trouble(problem);
    this.#trust = trust;
    this.#trustText = text;
    this.#views.clear();
    return true;
  }

  #tell(): void {
    const text = JSON.stringify(this.problems);
    if (text === this.#told) return;
    this.#told = text;
    this.options.report.leftOut(this.#problems);
  }
}
