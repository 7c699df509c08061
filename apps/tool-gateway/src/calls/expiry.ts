import type { Recorded } from '@voorman/envelope';

/**
 * When nobody waits any more for what a record asks, as far as the record itself says. Milliseconds since 1970, by the
 * log's clock: a publisher's own cannot bend it.
 */
export const expiryOf = ({ recordedAtMs, ttl_seconds }: Recorded): number => recordedAtMs + ttl_seconds * 1_000;
