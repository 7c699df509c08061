import { oneAtATime } from '@voorman/following';
import { parseIndex } from './registry-index.js';
import { REGISTRY_INDEX, type RegistrySource } from './registry-store.js';
import type { ToolShelf } from './tool-shelf.js';

/** How a shelf is kept current. */
export interface FollowingOptions {
  /** How often the trust folders are read and the store is asked without a hint. Default 5 s. */
  readonly everyMs?: number;
}

/**
 * Keeps a shelf at what is published and trusted: looks now, at every hint, and from time to time, since a key may be
 * revoked in a file that nobody announces. Hints that come while it looks lead to one more look.
 * @returns how to stop; resolves when the first look is over.
 */
export async function keepCurrent(
  shelf: ToolShelf,
  source: Pick<RegistrySource, 'watch'>,
  { everyMs = 5_000 }: FollowingOptions = {},
): Promise<() => void> {
  const hint = oneAtATime(() => shelf.look());
  const unwatch = source.watch((name) => {
    if (name === REGISTRY_INDEX) void hint();
  });
  const timer = setInterval(() => void hint(), everyMs);
  timer.unref();
  await hint();
  return () => {
    clearInterval(timer);
    unwatch();
  };
}

/**
 * The revision that new sessions begin with, kept current: `undefined` while nothing is published.
 * @param trouble hears that the store could not be asked; the revision stays what it was.
 */
export async function followRevision(
  source: RegistrySource,
  trouble: (fault: unknown) => void,
): Promise<{ readonly revision: () => string | undefined; stop(): void }> {
  let revision: string | undefined;
  const look = oneAtATime(async () => {
    try {
      const bytes = await source.get(REGISTRY_INDEX);
      if (bytes !== undefined) revision = parseIndex(bytes).revision;
    } catch (fault) {
      trouble(fault);
    }
  });
  const stop = source.watch((name) => {
    if (name === REGISTRY_INDEX) void look();
  });
  await look();
  return { revision: () => revision, stop };
}
