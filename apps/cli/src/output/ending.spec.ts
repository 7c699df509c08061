import { Writable } from 'node:stream';
import type { AnswerGiven } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { printEnding } from './ending.js';
import { asSentence } from './fault.js';
import { Terminal } from './terminal.js';

/** What people read of an answer. */
function read(outcome: AnswerGiven['outcome'], answer: string): string {
  let said = '';
  const out = new Writable({
    write(part, _encoding, done) {
      said += String(part);
      done();
    },
  });
  printEnding(new Terminal(false, out), 's', {
    kind: 'answered',
    answer: { outcome, answer, evidence: [], tasks: [] },
  });
  return said;
}

describe('the end of a goal', () => {
  it('is the answer, or how it ended and why', () => {
    expect(read('completed', 'It was the disk.')).toBe('\nIt was the disk.\n');
    expect(read('failed', 'No bot here fits.')).toBe('\nfailed: No bot here fits.\n');
    expect(read('expired', 'a-bot did not finish.')).toBe('\nexpired: a-bot did not finish.\n');
  });

  it('does not say twice that it was cancelled, nor run two sentences into one', () => {
    const answer = `Cancelled: ${asSentence('wrong file')} Ask again.`;
    expect(read('cancelled', answer)).toBe('\nCancelled: wrong file. Ask again.\n');
  });
});
