import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask } from './mask.ts';
import { TemplateMiner } from './miner.ts';
import { matches } from './tokens.ts';

interface Count {
  absorbed: number;
}
const newMiner = (limits = {}) =>
  new TemplateMiner<Count>(
    () => ({ absorbed: 0 }),
    (into, from) => {
      into.absorbed += from.absorbed + 1;
    },
    limits,
  );
const textsOf = (messages: readonly string[]) => {
  const miner = newMiner();
  for (const message of messages) miner.add(message, undefined);
  return miner.templates.map(({ tokens, count }) => `${count} ${tokens.join(' ')}`).sort();
};

const words = fc.constantFrom(
  'user',
  'order',
  'alice',
  'bob',
  'failed',
  'started',
  '/var/a',
  '/var/b',
  '12',
  '10.0.0.1',
  'k=v',
  'k=w',
  '<*>',
  'ä',
);
const messages = fc.array(
  fc.array(words, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(' ')),
  { maxLength: 60 },
);

describe('the template miner', () => {
  it('makes one template of messages that differ in values', () => {
    expect(
      textsOf(['login of alice from 10.0.0.1', 'login of bob from 10.0.0.2', 'login of eve from 10.0.0.9']),
    ).toEqual(['3 login of <*> from <ip>']);
  });

  it('names what varies where it can', () => {
    expect(
      textsOf(['read file /etc/hosts for key=alpha in 3 ms', 'read file /etc/passwd for key=beta in 5 ms']),
    ).toEqual(['2 read file <path> for key=<*> in <num> ms']);
  });

  it('keeps messages apart that differ in the word that matters', () => {
    expect(textsOf(['job import of customers has finished', 'job import of customers has aborted'])).toHaveLength(2);
    expect(textsOf(['Worker started', 'Worker stopped'])).toHaveLength(2);
  });

  it('keeps messages of different severity apart', () => {
    const miner = newMiner();
    expect(miner.add('request done', 'info')).not.toBe(miner.add('request done', 'error'));
    expect(miner.add('login failed for eve', undefined).severity).toBe('error');
  });

  it('counts every message exactly once, with any number of templates', () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 4, max: 30 }), (all, maxTemplates) => {
        const miner = newMiner({ maxTemplates, maxChildren: 3, maxLeaf: 3, maxCached: 5 });
        for (const message of all) miner.add(message, undefined);
        expect(miner.templates.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      }),
    );
  });

  it('ends with templates that still match each of their messages', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const miner = newMiner({ maxChildren: 3, maxLeaf: 2, maxCached: 4 });
        const placed = all.map((message) => ({ message, template: miner.add(message, undefined) }));
        for (const { message, template } of placed) expect(matches(template.tokens, mask(message))).toBe(true);
      }),
    );
  });

  it('never holds more templates than it may, and sums up the rest by severity', () => {
    const miner = newMiner({ maxTemplates: 40 });
    for (let index = 0; index < 2000; index++) {
      const word = [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
      miner.add(`${word} ${word}x ${word}y`, 'info');
    }
    expect(miner.templates.length).toBeLessThanOrEqual(41);
    expect(miner.templates.find(({ tokens }) => tokens[0] === '(other messages)')?.isReturning).toBe(true);
  });

  it('gives up rare messages before frequent ones and errors', () => {
    const miner = newMiner({ maxTemplates: 20 });
    for (let index = 0; index < 50; index++) miner.add('disk failure on volume', 'error');
    for (let index = 0; index < 300; index++) {
      const word = [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
      miner.add(`${word} ${word}x ${word}y`, 'info');
    }
    expect(miner.templates.map(({ tokens }) => tokens.join(' '))).toContain('disk failure on volume');
  });

  it('does not call a message new that comes back after it was given up', () => {
    const miner = newMiner({ maxTemplates: 8 });
    const first = miner.add('rare message about a thing', 'info');
    for (let index = 0; index < 100; index++) {
      const word = [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
      miner.add(`${word} ${word}x`, 'info');
    }
    const again = miner.add('rare message about a thing', 'info');
    expect([first.isReturning, again.isReturning]).toEqual([false, true]);
  });
});
