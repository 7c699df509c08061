import { type PublicError, VoormanError } from '@voorman/envelope';
import type { Bundles } from '@voorman/log';
import type { LoadedTool } from '@voorman/registry';
import type { Trust } from '@voorman/signing';
import { pack } from './archive.js';
import {
  encodeIndex,
  type IndexedTool,
  indexObject,
  packageObject,
  REGISTRY_INDEX,
  RegistryIndex,
  revisionOf,
} from './registry-index.js';
import { type FolderTool, readFolderTool } from './signatures.js';
import { verifyTool } from './verified-tool.js';

/** A tool that was not published, and why. */
export interface RefusedTool {
  readonly tool: string;
  readonly version: string;
  readonly problem: PublicError;
}

export interface PublishedRegistry {
  readonly revision: string;
  /** False where this very revision was what the store held. */
  readonly changed: boolean;
  readonly tools: readonly { readonly name: string; readonly version: string; readonly digest: string }[];
  readonly refused: readonly RefusedTool[];
}

export interface PublishRequest {
  readonly tools: readonly LoadedTool[];
  readonly signatureFolders: readonly string[];
  readonly trust: Trust;
  readonly store: Pick<Bundles, 'get' | 'put'>;
  readonly by: string;
  readonly nowMs: number;
}

/**
 * Puts every tool that is well signed into the store, and names them all in a new index: from then on sessions begin with
 * it. What is not well signed stays out and is told; gateways would refuse it all the same.
 * @throws what the store throws; the index is written last, so that nothing is in force then that was not before.
 */
export async function publishTools(request: PublishRequest): Promise<PublishedRegistry> {
  const { tools, signatureFolders, trust, store, by, nowMs } = request;
  const refused: RefusedTool[] = [];
  const indexed: IndexedTool[] = [];
  const packages = new Map<string, FolderTool>();
  for (const tool of tools) {
    try {
      const found = await readFolderTool(tool, signatureFolders);
      verifyTool(found, trust, nowMs);
      packages.set(found.digest, found);
      const { name, version, digest } = found;
      indexed.push({ name, version, digest, envelope: found.envelope as IndexedTool['envelope'] });
    } catch (fault) {
      if (!(fault instanceof VoormanError)) throw fault;
      refused.push({ tool: tool.name, version: tool.version, problem: fault.toPublic() });
    }
  }
  const revision = revisionOf(indexed);
  const index = RegistryIndex.parse({
    format: 1,
    revision,
    published_at: new Date(nowMs).toISOString(),
    published_by: by,
    tools: indexed,
  });
  const bytes = encodeIndex(index);
  const before = await store.get(REGISTRY_INDEX);
  const known = new Set(before === undefined ? [] : digestsIn(before));
  for (const [digest, found] of packages) {
    if (!known.has(digest)) await store.put(packageObject(digest), await pack(found.files));
  }
  await store.put(indexObject(revision), bytes);
  const changed = before === undefined || revisionIn(before) !== revision;
  // Also where nothing changed: signatures may have been added.
  await store.put(REGISTRY_INDEX, bytes);
  return { revision, changed, tools: indexed.map(({ name, version, digest }) => ({ name, version, digest })), refused };
}

const digestsIn = (bytes: Uint8Array): string[] => readIndex(bytes)?.tools.map(({ digest }) => digest) ?? [];

const revisionIn = (bytes: Uint8Array): string | undefined => readIndex(bytes)?.revision;

/** What cannot be read is replaced as if it were not there. */
function readIndex(bytes: Uint8Array): RegistryIndex | undefined {
  try {
    return RegistryIndex.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
