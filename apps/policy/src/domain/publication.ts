import type { Decider } from '@voorman/decider';
import { type Draft, JOURNAL, type Recorded } from '@voorman/envelope';

/** The bundle that the log names last. */
export type Publication = { readonly status: 'none' } | { readonly status: 'published'; readonly digest: string };

/** The bundle that lies in the store, where enforcement points find it. */
export interface PublicationCommand {
  readonly type: 'record-bundle';
  readonly revision: string;
  readonly digest: string;
  readonly entrypoints: readonly string[];
}

/**
 * The history of what was published. A bundle is recorded once; also when the service died between storing and recording
 * it, for then the log does not name what the store holds.
 */
export const publication: Decider<Publication, PublicationCommand, Draft, Recorded> = {
  initial: { status: 'none' },
  decide(command, state) {
    if (state.status === 'published' && state.digest === command.digest) return undefined;
    const { revision, digest, entrypoints } = command;
    return { type: 'bundle-published', target: JOURNAL, payload: { revision, digest, entrypoints: [...entrypoints] } };
  },
  evolve(state, record) {
    return record.type === 'bundle-published' ? { status: 'published', digest: record.payload.digest } : state;
  },
};
