import type { GiveUpOptions } from './given-up.js';
import type { Following } from './log.js';

/** A message from outside as it lies in the inbox; nothing about it has been checked but the tokens of its subject. */
export interface InboxMessage {
  readonly tenant: string;
  readonly publisher: string;
  readonly target: string;
  readonly body: Uint8Array;
  /** Sequence in the inbox stream: the same message has the same one at every delivery. */
  readonly position: number;
  /** Milliseconds since 1970, the server's clock. */
  readonly receivedAtMs: number;
}

/** Where outside publishers put their envelopes. Followed by the orchestrator alone. */
export interface Inbox {
  /** Resolving acknowledges (and removes) the message; throwing brings it again later. */
  follow(handler: (message: InboxMessage) => Promise<void>, options?: GiveUpOptions<InboxMessage>): Promise<Following>;
}
