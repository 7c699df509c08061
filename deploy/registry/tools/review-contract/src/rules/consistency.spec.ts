import { describe, expect, it } from 'vitest';
import { contractOf, contractSaying, says } from '../testing/contract.ts';
import { consistency } from './consistency.ts';
import { undefinedTerm } from './undefined-term.ts';

describe('consistency', () => {
  it('misses when two periods are given for the same notice or the same payment', () => {
    expect(
      says(
        consistency,
        'Either party may terminate on 30 days’ notice.',
        'Notice of termination must be given 60 days before the end.',
      ),
    ).toEqual(['medium <>: Two figures for notice of termination: 30 days in 1.1, but 60 days in 1.2.']);
    expect(
      says(consistency, 'Invoices are payable within 14 days.', 'The Customer shall pay each invoice within 30 days.'),
    ).toEqual(['medium <>: Two figures for the time to pay an invoice: 14 days in 1.1, but 30 days in 1.2.']);
  });

  it('misses when a year is not twelve months, and when words and digits differ', () => {
    expect(says(consistency, 'The fee is EUR 500 per month, EUR 5,000 per year.')).toEqual([
      expect.stringContaining('6,000 a year, not EUR 5,000'),
    ]);
    expect(says(consistency, 'The term is sixty (30) days.')).toEqual([
      expect.stringContaining('two different numbers'),
    ]);
  });

  it('misses when a clause is referred to that does not exist', () => {
    const contract = contractOf('1. One\n\nSee clause 3 and clause 7.', '2. Two\n\nText.', '3. Three\n\nText.');
    expect(consistency(contract).map(({ message }) => message)).toEqual([
      '“clause 7” is referred to, but there is none.',
    ]);
  });

  it('holds when different things have different periods', () => {
    const texts = [
      'Either party may terminate on 30 days’ notice.',
      'It renews unless a party gives notice of termination 90 days before.',
      'A party may terminate if a breach is not remedied, on 10 days’ notice.',
      'The fee is EUR 500 per month, EUR 6,000 per year.',
      'Section 230 of the Act applies.',
    ];
    expect(says(consistency, ...texts)).toEqual([]);
  });
});

describe('an undefined term', () => {
  const terms = (...sentences: string[]): string[] =>
    undefinedTerm(contractSaying(...sentences)).map(({ severity, message }) => `${severity}: ${message}`);

  it('is told when it binds a party, or when it is used again and again', () => {
    expect(terms('The Customer shall observe the Acceptable Use Rules.')).toEqual([
      'medium: “Acceptable Use Rules” binds a party, but the text neither defines nor contains it.',
    ]);
    expect(terms('The Deliverables are late.', 'The Deliverables are bad.', 'The Deliverables are few.')).toEqual([
      expect.stringContaining('“Deliverables”'),
    ]);
    expect(terms('As set out in Schedule B.')).toEqual([
      'low: Schedule B is part of the deal, but not of this text: read it too.',
    ]);
  });

  it('is none when it is defined, also in the singular, or when it is the name of something', () => {
    expect(terms('"Use Rule" means a rule.', 'The Customer shall observe the Use Rules.')).toEqual([]);
    expect(
      terms('The law of the European Union and the Data Protection Act apply.', 'The Customer shall pay the Supplier.'),
    ).toEqual([]);
    expect(
      undefinedTerm(
        contractOf(
          '1. Terms\n\nAs set out in Schedule B.',
          'Schedule B\n\nThings.',
          '2. More\n\nText.',
          '## Schedule B\n\nThings.',
        ),
      ),
    ).toEqual([]);
  });
});
