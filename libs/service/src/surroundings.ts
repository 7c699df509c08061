import type { Clock, Ids } from '@voorman/log';
import { uuidv7 } from 'uuidv7';

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** Identifiers that sort by the time at which they were made. */
export const uuids: Ids = { next: () => uuidv7() };
