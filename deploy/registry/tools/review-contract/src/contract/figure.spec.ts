import { describe, expect, it } from 'vitest';
import { type Figure, figuresIn } from './figure.ts';

const only = (text: string): Omit<Figure, 'index' | 'text'> | undefined => {
  const [first] = figuresIn(text);
  if (!first) return undefined;
  const { index: _index, text: _text, ...rest } = first;
  return rest;
};

describe('a figure', () => {
  it.each([
    ["30 days' notice", { kind: 'period', days: 30 }],
    ['within thirty (30) days', { kind: 'period', days: 30 }],
    ['for two weeks', { kind: 'period', days: 14 }],
    ['a 12-month period', { kind: 'period', days: 360 }],
    ['EUR 8,500 per month', { kind: 'amount', currency: 'EUR', value: 8500, per: 'month' }],
    ['€ 8.500,50', { kind: 'amount', currency: 'EUR', value: 8500.5, per: 'once' }],
    ['USD 1.5 million', { kind: 'amount', currency: 'USD', value: 1_500_000, per: 'once' }],
    ['an annual fee of £1,200', { kind: 'amount', currency: 'GBP', value: 1200, per: 'year' }],
    ['2.5% per month', { kind: 'percent', value: 2.5, per: 'month' }],
    ['8 % p.a.', { kind: 'percent', value: 8, per: 'year' }],
    ['99.9 per cent', { kind: 'percent', value: 99.9, per: 'none' }],
    ['on 1 March 2026', { kind: 'date' }],
    ['on March 1, 2026', { kind: 'date' }],
  ])('is read from “%s”', (text, figure) => {
    expect(only(text)).toEqual(figure);
  });

  it('shows words and digits that differ', () => {
    expect(only('sixty (30) days')).toEqual({ kind: 'mismatch', words: 60, digits: 30 });
  });

  it('is none in a clause number or in plain words', () => {
    expect(figuresIn('see clause 9.2 for more, any day, of the year')).toEqual([]);
  });
});
