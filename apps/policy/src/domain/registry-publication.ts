import type { Decider } from '@voorman/decider';
import { type Draft, JOURNAL, type Recorded } from '@voorman/envelope';

/** The revision of the tool registry that the log names last. */
export type RegistryPublication =
  | { readonly status: 'none' }
  | { readonly status: 'published'; readonly digest: string };

/** The index that lies in the store, where gateways find it. */
export interface RegistryPublicationCommand {
  readonly type: 'record-registry';
  readonly revision: string;
  /** Of the whole index, with every signature. */
  readonly digest: string;
  readonly tools: readonly { readonly name: string; readonly version: string; readonly digest: string }[];
  readonly publishedBy: string;
}

/** More tools would not fit into a record; the digest covers them all. */
const MAX_NAMED = 300;

/** The history of what gateways were given: each index is recorded once, also after a death between storing and recording. */
export const registryPublication: Decider<RegistryPublication, RegistryPublicationCommand, Draft, Recorded> = {
  initial: { status: 'none' },
  decide({ revision, digest, tools, publishedBy }, state) {
    if (state.status === 'published' && state.digest === digest) return undefined;
    const named = tools
      .slice(0, MAX_NAMED)
      .map((tool) => ({ name: tool.name, version: tool.version, digest: tool.digest }));
    const payload = { revision, digest, tools: named, published_by: publishedBy };
    return { type: 'registry-published', target: JOURNAL, payload };
  },
  evolve(state, record) {
    return record.type === 'registry-published' ? { status: 'published', digest: record.payload.digest } : state;
  },
};
