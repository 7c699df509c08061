import type { Recorded } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { GatewaySession, output } from '../testing/session.js';

const codesIn = (records: readonly Recorded[]) =>
  records.flatMap((record) => (record.type === 'tool-refused' ? [record.payload.code] : []));

describe('a call in a task that was not given to its bot', () => {
  it('is refused, and nothing happens', async () => {
    const session = new GatewaySession();
    await session.begin({ budget: { calls: 1 } });
    let calls = 0;
    await session.gateway(() => {
      calls += 1;
      return output();
    });
    await session.ask();
    expect(codesIn(await session.answers())).toEqual(['call/not-your-task']);
    expect(calls).toBe(0);
  });

  it('is refused also where another bot has the task', async () => {
    const session = new GatewaySession();
    await session.gateway(() => output());
    await session.request('c1', 'search_web', undefined, 't1', 'review-bot');
    await session.ask('c2');
    expect(codesIn(await session.answers())).toEqual(['call/not-your-task']);
  });

  it('is carried out once the task was given to it', async () => {
    const session = new GatewaySession();
    await session.gateway(() => output());
    await session.ask('c1');
    await session.answers();
    await session.request('c2');
    expect((await session.answers(2)).map(({ type }) => type)).toEqual(['tool-refused', 'tool-finished']);
  });
});
