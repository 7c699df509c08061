import type { PayloadOf } from '@voorman/envelope';

/** Why something that came again and again is handled no more; what the record that says so holds. */
export type GivenUp = PayloadOf<'record-quarantined'>;

/** How long a following of what is no record (due timers, messages from outside) goes on with one item. */
export interface GiveUpOptions<Item> {
  /** After this many deliveries an item is given up. Default 20. An outage of the log uses none of them up. */
  readonly maxDeliveries?: number;
  /**
   * Records, where people can see it, that this item is handled no more; resolving ends its deliveries, throwing brings
   * it again. Without it an item comes again for ever.
   */
  readonly giveUp?: (item: Item, why: GivenUp) => Promise<void>;
}
