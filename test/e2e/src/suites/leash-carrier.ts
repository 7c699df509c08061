import { describe, expect, it } from 'vitest';
import type { Call, LeashExample } from '../testing/example.js';

/** A service that serves only who shows who they are, and that can be asked what became of a call. */
export function leashCarrier(example: () => LeashExample): void {
  const shown = (tool: string) => ({ tenant: 'default', agent: 'support-bot', tool });

  describe('a service that asks for a client certificate', () => {
    it('sees for which agent and tool it is called, and serves nobody without one', async () => {
      const { outcome, answer } = await example().goal('fetch_parcel', 'Fetch the parcel of order 4711', 'fetched');
      expect({ outcome, answer }).toEqual({
        outcome: 'completed',
        answer: 'The parcel of order 4711 will be fetched (P-1).',
      });
      expect((await example().received()).pickups).toEqual([
        { order: '4711', key: expect.stringMatching(/^[\w-]{43}$/), ...shown('book_pickup') },
      ]);
      await expect(fetch(`${example().started.carrier}/pickups/any`)).rejects.toThrow();
      expect((await example().received()).lookups).toEqual([]);
    });
  });

  describe('a call whose connection was lost, of a tool with a probe', () => {
    it.each([
      ['after the service had booked it', '4713', true, 1],
      ['before the service had booked it', '4712', false, 0],
    ])('%s is settled by asking that service, and by nobody else', async (_when, order, happened, booked) => {
      const session = `lost-${order}`;
      await example().goal('fetch_parcel', `Fetch the parcel of order ${order}`, session);
      const calls = async () => await example().list<Call>(['calls', '--session', session]);
      const call = async () => (await calls()).find(({ tool }) => tool === 'book_pickup');
      await expect
        .poll(async () => (await call())?.settlement, { timeout: 15_000 })
        .toMatchObject({
          happened,
          settled_by: 'pickup_booked',
        });
      const { pickups, lookups } = await example().received();
      expect(pickups.filter((pickup) => pickup.order === order)).toHaveLength(booked);
      expect(lookups.at(-1)).toEqual({ key: expect.stringMatching(/^[\w-]{43}$/), ...shown('pickup_booked') });
      expect(await example().list<Call>(['calls', '--in-doubt', '--session', session])).toEqual([]);
      // Asking is a call like any other: on record, with policy's yes.
      expect((await calls()).filter(({ tool }) => tool !== 'request_facts')).toMatchObject([
        { tool: 'book_pickup', state: 'settled' },
        { tool: 'pickup_booked', state: 'finished', decision: { allow: true } },
      ]);
    });
  });
}
