import { Digester, redact } from '@voorman/redaction';
import { afterEach, describe, expect, it } from 'vitest';
import { Redactions } from './redactions.js';

const key = Buffer.from('a key for these specs only');
const MIB = 2 ** 20;
/** What a careful look takes many seconds for. */
const slow = (bytes: number) => ({ text: 'ada@b.example +49 30 1234567 http://a:b@c password="'.repeat(bytes / 52) });

const reported: unknown[] = [];
const report = (fault: unknown) => void reported.push(fault);
let redactions = new Redactions(key, report);
afterEach(async () => {
  await redactions.stop();
  redactions = new Redactions(key, report);
});

/** The longest time in which nothing else could happen while the work went on. Milliseconds. */
async function longestBusyMs(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await work;
  clearInterval(watch);
  return longest;
}

describe('looking through outputs', () => {
  it.each([
    ['small', { text: 'Write to ada@corp.example.', deep: { card: '4111 1111 1111 1111' } }],
    ['large', { text: 'x '.repeat(100_000), mail: 'ada@corp.example', list: [{ password: 'hunter2hunter2' }] }],
    ['large by its names', Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`ada${n}@corp.example`, n]))],
  ])('takes the same out of one that is %s as whoever looks on the spot', async (_what, output) => {
    const { value, redacted } = redact(output, { fields: ['/deep'], keep: [], digester: new Digester(key) });
    const looked = await redactions.redact(output, ['/deep'], []);
    // As texts: thousands of names are compared in a moment.
    expect(JSON.stringify(looked)).toBe(JSON.stringify({ output: value, redacted }));
    expect(redacted.length).toBeGreaterThan(0);
  });

  it('keeps nobody waiting, however long it takes', async () => {
    const looked = redactions.redact(slow(6 * MIB), [], []);
    expect(await longestBusyMs(looked)).toBeLessThan(1_000);
    expect(JSON.stringify(await looked)).not.toContain('ada@');
  }, 60_000);

  it('gives up what takes too long, and takes the next one', async () => {
    redactions = new Redactions(key, report, 500);
    const both = [redactions.redact(slow(10 * MIB), [], []), redactions.redact(slow(MIB / 8), [], [])];
    expect(await both[0]).toBeUndefined();
    expect(await both[1]).toMatchObject({ output: { text: expect.any(String) } });
  }, 60_000);

  it('tells the operator why a thread broke, and takes the next one', async () => {
    const large = { text: 'x '.repeat(100_000) };
    expect(await redactions.redact(large, ['no pointer'], [])).toBeUndefined();
    expect(reported.splice(0)).toEqual([expect.objectContaining({ name: 'RangeError' })]);
    expect(await redactions.redact(large, [], [])).toMatchObject({ redacted: [] });
    expect(reported).toEqual([]);
  });

  it('says nothing any more of what was under way when the gateway stopped', async () => {
    const looked = redactions.redact(slow(2 * MIB), [], []);
    await redactions.stop();
    const moment = new Promise((resolve) => setTimeout(resolve, 50, 'silence'));
    expect(await Promise.race([looked, moment])).toBe('silence');
  });
});
