import { hasCode } from '@voorman/envelope';
import { type IndexedTool, parseIndex, type RegistryIndex, revisionOfTools } from './registry-index.js';

/** The slice of the log's bundle store that reading a registry needs. */
export interface RegistrySource {
  get(name: string): Promise<Uint8Array | undefined>;
  /** Calls back when an object may have changed: a hint only, also after every reconnect. Returns how to stop. */
  watch(changed: (name: string) => void): () => void;
}

/** And the one that publishing needs. */
export interface RegistryObjects extends Pick<RegistrySource, 'get'> {
  put(name: string, content: Uint8Array): Promise<void>;
}

/** Under this name lies the index of the current revision. */
export const REGISTRY_INDEX = 'registry';
/** Which revisions there were, newest first. */
const REVISIONS = 'registry-revisions';
const MAX_REVISIONS = 200;

const indexName = (revision: string): string => `registry-${revision}`;
const packageName = (digest: string): string => `tool-${digest.replace('sha256:', '')}`;

/** A tool that is ready to be published. */
export interface SignedTool extends IndexedTool {
  readonly package: Uint8Array;
}

/** The published registry: packages by their digest, an index per revision, and the current index under a name of its own. */
export class RegistryStore {
  constructor(private readonly objects: RegistryObjects) {}

  /**
   * Stores the packages, then the index, then makes it the current one: a reader never sees an index whose packages are
   * not there. What lies there already is not sent again.
   */
  async publish(tools: readonly SignedTool[], by: string, atMs: number): Promise<RegistryIndex> {
    const before = await this.current();
    // Each of them, also one that was there before: the store sends no equal content again, and a damaged one is mended.
    for (const tool of tools) await this.objects.put(packageName(tool.digest), tool.package);
    const index: RegistryIndex = {
      format: 1,
      revision: revisionOfTools(tools),
      created_at: new Date(atMs).toISOString(),
      published_by: by,
      tools: tools.map(({ name, version, digest, envelope }) => ({ name, version, digest, envelope })),
    };
    // The same tools under the same signatures: nothing to tell anybody.
    if (before !== undefined && JSON.stringify(before.tools) === JSON.stringify(index.tools)) return before;
    const bytes = new TextEncoder().encode(JSON.stringify(index));
    await this.objects.put(indexName(index.revision), bytes);
    await this.#note(index.revision);
    await this.objects.put(REGISTRY_INDEX, bytes);
    return index;
  }

  /** The index in force; `undefined` where there is none, or none that can be read. */
  async current(): Promise<RegistryIndex | undefined> {
    const bytes = await this.#readable(REGISTRY_INDEX);
    return bytes === undefined ? undefined : indexOrNothing(bytes);
  }

  /** The index of a revision. @throws {UnusableIndexError} what lies there is none. */
  async at(revision: string): Promise<RegistryIndex | undefined> {
    const bytes = await this.objects.get(indexName(revision));
    return bytes === undefined ? undefined : parseIndex(bytes);
  }

  async packageOf(digest: string): Promise<Uint8Array | undefined> {
    return await this.objects.get(packageName(digest));
  }

  /** What was published, the newest first; each once. */
  async revisions(): Promise<readonly string[]> {
    const bytes = await this.#readable(REVISIONS);
    if (bytes === undefined) return [];
    const list: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  }

  async #note(revision: string): Promise<void> {
    const others = (await this.revisions()).filter((each) => each !== revision);
    const all = [revision, ...others].slice(0, MAX_REVISIONS);
    await this.objects.put(REVISIONS, new TextEncoder().encode(JSON.stringify(all)));
  }

  /** A damaged object counts as none: publishing again is the cure. */
  async #readable(name: string): Promise<Uint8Array | undefined> {
    try {
      return await this.objects.get(name);
    } catch (fault) {
      if (hasCode(fault, 'log/payload-corrupt') || hasCode(fault, 'log/payload-missing')) return undefined;
      throw fault;
    }
  }
}

function indexOrNothing(bytes: Uint8Array): RegistryIndex | undefined {
  try {
    return parseIndex(bytes);
  } catch (fault) {
    if (hasCode(fault, 'registry/unusable-index')) return undefined;
    throw fault;
  }
}
