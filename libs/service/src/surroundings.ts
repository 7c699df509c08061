import { randomUUIDv7 } from 'node:crypto';
import type { Clock, Ids } from '@voorman/log';

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** Identifiers that sort by the time at which they were made. */
export const uuids: Ids = { next: () => randomUUIDv7() };
