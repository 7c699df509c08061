import { describe, expect, it } from 'vitest';
import { Link } from './link.js';
import { VirtualTime } from './virtual-time.js';
import { CALM, type Fate } from './weather.js';

/** A link in virtual time whose operations meet these fates, one after another, then calm. */
function linkWith(...fates: Partial<Fate>[]) {
  const time = new VirtualTime();
  const link = new Link('a-bot', {
    nowMs: () => time.nowMs(),
    after: (ms, run) => time.after(ms, run),
    fate: () => ({ ...CALM, ...fates.shift() }),
  });
  return { time, link, startedMs: time.nowMs() };
}

describe('a link', () => {
  it('answers at once in calm weather', async () => {
    const { link, time, startedMs } = linkWith();
    expect(await link.ask('read', 'x', () => 7)).toBe(7);
    expect(time.nowMs()).toBe(startedMs);
  });

  it('takes as long as both ways and the store together', async () => {
    const { link, time, startedMs } = linkWith({ thereMs: 10, backMs: 20 });
    await link.ask(
      'append',
      'x',
      () => 1,
      () => 5,
    );
    expect(time.nowMs() - startedMs).toBe(35);
  });

  it('repeats after two seconds what was lost on either way', async () => {
    const { link, time, startedMs } = linkWith({ lostThere: true }, { lostBack: true });
    let done = 0;
    await link.ask('append', 'x', () => {
      done += 1;
    });
    expect(done).toBe(2);
    expect(time.nowMs() - startedMs).toBe(4_000);
  });

  it('says that the log does not answer when nothing comes back for half a minute', async () => {
    const { link, time, startedMs } = linkWith(...Array.from({ length: 100 }, () => ({ lostBack: true })));
    await expect(link.ask('append', 'appending it', () => 1)).rejects.toMatchObject({ code: 'log/unavailable' });
    expect(time.nowMs() - startedMs).toBe(30_000);
  });

  it('passes on what the store throws', async () => {
    const { link } = linkWith({ thereMs: 3 });
    const refuse = (): never => {
      throw new RangeError('no');
    };
    await expect(link.ask('read', 'x', refuse)).rejects.toThrow('no');
  });

  it('brings what was sent before a cut, and never comes back from it', async () => {
    const { link, time } = linkWith({ thereMs: 100 });
    let arrived = 0;
    let settled = false;
    const asked = link.ask('append', 'x', () => {
      arrived += 1;
    });
    void asked.finally(() => {
      settled = true;
    });
    link.cut();
    link.tell(() => {
      arrived += 10;
    });
    await time.wait(60_000);
    expect({ arrived, settled }).toEqual({ arrived: 1, settled: false });
  });
});
