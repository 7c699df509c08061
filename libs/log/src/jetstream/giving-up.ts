import { hasCode } from '@voorman/envelope';
import { LRUCache } from 'lru-cache';
import type { GiveUpOptions } from '../given-up.js';
import type { Delivered, Settlement } from './delivered.js';
import { inHand } from './waking.js';

/** Handles what one message holds. `stopped` resolves when no time is left to wait for anything. */
export type HandleItem<Item> = (message: Delivered, item: Item, stopped: Promise<void>) => Promise<Settlement>;

/**
 * Handles items of a durable until they succeed, or are given up after their last delivery: before the handler, so that
 * one which kills its process is given up as well. One that no repetition can help is given up at once.
 */
export function handledOrGivenUp<Item>(
  durable: string,
  handler: (item: Item) => Promise<void>,
  { maxDeliveries = 20, giveUp }: GiveUpOptions<Item> = {},
): HandleItem<Item> {
  const faults = new LRUCache<number, string>({ max: 1_000 });

  const givenUp = async ({ position, subject }: Delivered, item: Item, deliveries: number): Promise<Settlement> => {
    const reason = faults.get(position) ?? 'nothing is known of why: its handlers ended without a word';
    await giveUp?.(item, {
      position,
      subject: subject.slice(0, 512),
      consumer: durable,
      deliveries,
      reason: `Given up after ${deliveries} deliveries: ${reason}`.slice(0, 2_000),
    });
    faults.delete(position);
    return { kind: 'never', reason: reason.replaceAll(/\s+/g, ' ').slice(0, 200) };
  };

  return async (message, item, stopped) => {
    const { count, position } = message;
    if (giveUp !== undefined && count > maxDeliveries) return await givenUp(message, item, count - 1);
    try {
      const settlement = await inHand(() => handler(item), stopped);
      faults.delete(position);
      return settlement;
    } catch (fault) {
      faults.set(position, fault instanceof Error ? fault.message : String(fault));
      if (giveUp === undefined || !hasCode(fault, 'log/poison-record')) throw fault;
      return await givenUp(message, item, count);
    }
  };
}
