import { hasCode } from '@voorman/envelope';
import { z } from 'zod';
import { type Bundle, decodeBundle } from './bundle.js';
import { POLICY_BUNDLE } from './bundle-follower.js';

/** The slice of the log's bundle store that keeping revisions needs. */
export interface BundleObjects {
  put(name: string, content: Uint8Array): Promise<void>;
  get(name: string): Promise<Uint8Array | undefined>;
}

/** One kept revision. */
const Kept = z.object({
  revision: z.string().max(128),
  digest: z.string().max(128),
  created_at: z.string().max(64),
  bytes: z.int().min(0),
});
export type KeptRevision = z.infer<typeof Kept>;

const INDEX = 'policy-revisions';
/** The revision that was last published from the service's folder, so that a restart does not undo a push. */
const FROM_FOLDER = 'policy-folder';
const MAX_KEPT = 50;
/** The store has room for more than policy. */
const MAX_KEPT_BYTES = 96 * 1024 * 1024;

/**
 * The published policy and the revisions before it. The current one lies under the name that enforcement points follow;
 * each lies under its revision too, for a way back and for explanations. The list of them is a convenience: what was in
 * force when, the log says.
 */
export class PolicyStore {
  constructor(private readonly objects: BundleObjects) {}

  /**
   * Keeps a bundle under its revision and puts it in force.
   * @throws {BundleRejectedError} it is none. @throws what the store throws.
   */
  async publish(bytes: Uint8Array): Promise<Bundle> {
    const bundle = decodeBundle(bytes);
    await this.#keep(bundle, bytes);
    await this.objects.put(POLICY_BUNDLE, bytes);
    return bundle;
  }

  /** The bytes of a kept revision; `undefined` where it is not kept, or no longer. */
  async get(revision: string): Promise<Uint8Array | undefined> {
    const bytes = await this.objects.get(nameOf(revision));
    return bytes === undefined || bytes.length === 0 ? undefined : bytes;
  }

  /** The bytes of the bundle in force. */
  current(): Promise<Uint8Array | undefined> {
    return this.objects.get(POLICY_BUNDLE);
  }

  /** What is kept, the newest first. */
  async revisions(): Promise<readonly KeptRevision[]> {
    const bytes = await this.#readable(INDEX);
    if (bytes === undefined) return [];
    const list = z.array(Kept).safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return list.success ? list.data : [];
  }

  async revisionFromFolder(): Promise<string | undefined> {
    const bytes = await this.#readable(FROM_FOLDER);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  async noteFromFolder(revision: string): Promise<void> {
    await this.objects.put(FROM_FOLDER, new TextEncoder().encode(revision));
  }

  /** Of the notes beside the bundles a damaged one counts as none: writing it again is the cure. */
  async #readable(name: string): Promise<Uint8Array | undefined> {
    try {
      return await this.objects.get(name);
    } catch (fault) {
      if (hasCode(fault, 'log/payload-corrupt') || hasCode(fault, 'log/payload-missing')) return undefined;
      throw fault;
    }
  }

  async #keep({ manifest, digest }: Bundle, bytes: Uint8Array): Promise<void> {
    const { revision, created_at } = manifest;
    await this.objects.put(nameOf(revision), bytes);
    const mine: KeptRevision = { revision, digest, created_at, bytes: bytes.length };
    const all = [mine, ...(await this.revisions()).filter((each) => each.revision !== revision)];
    const kept = all.slice(0, roomFor(all));
    await this.objects.put(INDEX, new TextEncoder().encode(JSON.stringify(kept)));
    // Emptied, for the store cannot forget a name.
    for (const old of all.slice(kept.length)) await this.objects.put(nameOf(old.revision), new Uint8Array());
  }
}

const nameOf = (revision: string): string => `policy-${revision}`;

/** How many of them fit, from the first on; always the first. */
function roomFor(all: readonly KeptRevision[]): number {
  let bytes = 0;
  const beyond = all.findIndex((each, index) => {
    bytes += each.bytes;
    return index >= MAX_KEPT || (index > 0 && bytes > MAX_KEPT_BYTES);
  });
  return beyond === -1 ? all.length : beyond;
}
