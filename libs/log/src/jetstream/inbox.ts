import { isToken } from '@voorman/envelope';
import type { GiveUpOptions } from '../given-up.js';
import type { Inbox, InboxMessage } from '../inbox.js';
import type { Following } from '../log.js';
import type { Bus } from './bus.js';
import type { Settlement } from './delivered.js';
import { ConsumerFollowing } from './following.js';
import { handledOrGivenUp } from './giving-up.js';
import { INBOX_STREAM } from './stream-config.js';
import { INBOX_READER } from './topology.js';

const SLOTS = 64;

/** What outside publishers sent, in the stream `INBOX`, followed under the durable `orchestrator` whoever asks. */
export class JetStreamInbox implements Inbox {
  constructor(
    private readonly bus: Bus,
    private readonly followed: (following: Following) => void,
  ) {}

  async follow(
    handler: (message: InboxMessage) => Promise<void>,
    options?: GiveUpOptions<InboxMessage>,
  ): Promise<Following> {
    const handle = handledOrGivenUp(INBOX_READER, handler, options);
    const following = await ConsumerFollowing.start(this.bus, {
      stream: INBOX_STREAM,
      durable: INBOX_READER,
      slots: SLOTS,
      buffer: SLOTS,
      // Messages from outside have no order among each other.
      lane: ({ position }) => String(position),
      handle: async (message, stopped): Promise<Settlement> => {
        const { subject, position, atMs, data } = message;
        const [, tenant = '', publisher = '', target = ''] = subject.split('.');
        // A subject may hold a literal `*`; whoever sent that has no durable for an answer.
        if (![tenant, publisher, target].every(isToken)) return { kind: 'never', reason: 'its subject is no address' };
        const item = { tenant, publisher, target, body: data, position, receivedAtMs: atMs };
        return await handle(message, item, stopped);
      },
    });
    this.followed(following);
    return following;
  }
}
