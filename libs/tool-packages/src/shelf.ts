import { join } from 'node:path';
import { type PublicError, VoormanError } from '@voorman/envelope';
import type { Bundles } from '@voorman/log';
import { type CompiledTool, compileTool, type LoadedTool, loadTool } from '@voorman/registry';
import type { Trust } from '@voorman/signing';
import { LRUCache } from 'lru-cache';
import { PackageError, UnknownRevisionError } from './errors.js';
import type { RefusedTool } from './publish.js';
import {
  decodeIndex,
  type IndexedTool,
  indexObject,
  packageObject,
  REGISTRY_INDEX,
  type RegistryIndex,
} from './registry-index.js';
import { unpackedFolder } from './unpacked.js';
import { verifyTool } from './verified-tool.js';

/** What a shelf tells its operator. */
export interface ShelfReport {
  /** A revision is what sessions begin with from now on. */
  installed(revision: string, tools: number): void;
  /** A tool is not used, and why; told once for each reason. */
  refused(tool: RefusedTool): void;
  /** The store could not be asked, or holds an index that cannot be read; what was in force stays. */
  failed(fault: unknown): void;
}

export interface ShelfOptions {
  readonly store: Pick<Bundles, 'get' | 'watch'>;
  /** Whom to trust now: read again at each look, so that a revoked key is soon without effect. */
  readonly trust: () => Promise<Trust>;
  /** Where packages are unpacked. */
  readonly folder: string;
  readonly nowMs: () => number;
  readonly report: ShelfReport;
  /** How often signatures are looked at again. Milliseconds, default 15,000. */
  readonly againMs?: number;
}

type Tools = ReadonlyMap<string, CompiledTool<LoadedTool>>;

interface Revision {
  readonly index: RegistryIndex;
  readonly tools: Tools;
  readonly refused: readonly RefusedTool[];
}

/** Revisions in memory at once; older ones are loaded again when a session asks. */
const KEPT_REVISIONS = 16;

const NO_REVISION = 'none';

/**
 * The tools that a gateway may use: of the newest revision, and of each older one that a session began with. A tool that
 * is unsigned, changed, expired, revoked or signed by a stranger is not there; the rest is.
 */
export class Shelf {
  readonly #revisions = new LRUCache<string, Revision>({ max: KEPT_REVISIONS });
  readonly #loading = new Map<string, Promise<Revision>>();
  readonly #told = new Set<string>();
  #current: Revision | undefined;
  #looking: Promise<void> = Promise.resolve();
  #close = (): void => undefined;

  private constructor(private readonly options: ShelfOptions) {}

  /** Follows the store; resolves after the first look, also where there was nothing. */
  static async open(options: ShelfOptions): Promise<Shelf> {
    const shelf = new Shelf(options);
    const unwatch = options.store.watch((name) => {
      if (name === REGISTRY_INDEX) void shelf.look();
    });
    const again = setInterval(() => void shelf.look(), options.againMs ?? 15_000);
    again.unref();
    shelf.#close = () => {
      unwatch();
      clearInterval(again);
    };
    await shelf.look();
    return shelf;
  }

  /** What new sessions begin with; `none` before anything was published. */
  get revision(): string {
    return this.#current?.index.revision ?? NO_REVISION;
  }

  /** What of the newest revision is not used, and why. */
  get refused(): readonly RefusedTool[] {
    return this.#current?.refused ?? [];
  }

  /**
   * The tools of a revision, by name; of the newest where none is named.
   * @throws {UnknownRevisionError} @throws what the store throws.
   */
  tools(revision?: string): Tools | Promise<Tools> {
    if (revision === undefined || revision === NO_REVISION || revision === this.#current?.index.revision) {
      return this.#current?.tools ?? new Map();
    }
    const known = this.#revisions.get(revision);
    return known?.tools ?? this.#older(revision).then(({ tools }) => tools);
  }

  /** Looks at the store and at all signatures again. Looks follow one another. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  stop(): void {
    this.#close();
  }

  async #look(): Promise<void> {
    try {
      const bytes = await this.options.store.get(REGISTRY_INDEX);
      if (bytes === undefined) return;
      const index = decodeIndex(bytes);
      const isNew = index.revision !== this.#current?.index.revision;
      const revision = await this.#load(index);
      this.#revisions.set(index.revision, revision);
      this.#current = revision;
      if (isNew) this.options.report.installed(index.revision, revision.tools.size);
      for (const [name, older] of this.#revisions.entries()) {
        if (name !== index.revision) this.#revisions.set(name, await this.#load(older.index, older));
      }
    } catch (fault) {
      this.options.report.failed(fault);
    }
  }

  #older(name: string): Promise<Revision> {
    const loading = this.#loading.get(name) ?? this.#fetch(name).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  }

  async #fetch(name: string): Promise<Revision> {
    const bytes = await this.options.store.get(indexObject(name));
    if (bytes === undefined) throw new UnknownRevisionError(name);
    const revision = await this.#load(decodeIndex(bytes));
    this.#revisions.set(name, revision);
    return revision;
  }

  /** Verifies each tool; what was loaded before of the same content is not loaded again. */
  async #load(index: RegistryIndex, before = this.#revisions.get(index.revision)): Promise<Revision> {
    const trust = await this.options.trust();
    const tools = new Map<string, CompiledTool<LoadedTool>>();
    const refused: RefusedTool[] = [];
    for (const indexed of index.tools) {
      try {
        const { statement } = verifyTool(indexed, trust, this.options.nowMs());
        const loaded = before?.tools.get(indexed.name) ?? (await this.#unpacked(indexed, statement));
        tools.set(indexed.name, loaded);
      } catch (fault) {
        if (!(fault instanceof VoormanError)) throw fault;
        // That the store is away says nothing about the tool.
        if (fault.retryable) throw fault;
        refused.push(this.#tell(indexed, fault.toPublic()));
      }
    }
    return { index, tools, refused };
  }

  async #unpacked(
    { name, digest }: IndexedTool,
    statement: Parameters<typeof unpackedFolder>[1],
  ): Promise<CompiledTool<LoadedTool>> {
    const { store, folder } = this.options;
    const place = await unpackedFolder(folder, statement, async () => {
      const bytes = await store.get(packageObject(digest));
      if (bytes === undefined) throw new PackageError(name, 'the store does not hold it');
      return bytes;
    });
    const tool = await loadTool(join(place, 'tool.yaml'));
    if (tool.name !== statement.name || tool.version !== statement.version) {
      throw new PackageError(name, 'its manifest names another tool or version than its signature');
    }
    return compileTool(tool);
  }

  #tell({ name, version }: IndexedTool, problem: PublicError): RefusedTool {
    const refused = { tool: name, version, problem };
    const words = `${name} ${version} ${problem.code}`;
    if (!this.#told.has(words)) this.options.report.refused(refused);
    this.#told.add(words);
    return refused;
  }
}
