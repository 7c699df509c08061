import { describe, expect, it } from 'vitest';
import { spokenReasons } from './reasons.js';

describe('the reasons of a decision', () => {
  it('end a sentence with one period, whether or not they have one', () => {
    expect(`Refused: ${spokenReasons(['It is late.', 'and dark'])}.`).toBe('Refused: It is late; and dark.');
    expect(`Refused: ${spokenReasons([])}.`).toBe('Refused: nothing allows it.');
  });
});
