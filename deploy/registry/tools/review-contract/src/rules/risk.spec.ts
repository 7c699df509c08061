import { describe, expect, it } from 'vitest';
import { contractOf, says } from '../testing/contract.ts';
import { indemnity } from './indemnity.ts';
import { liability } from './liability.ts';
import { payment } from './payment.ts';
import { renewal } from './renewal.ts';
import { restriction } from './restriction.ts';
import { rights } from './rights.ts';
import { termination } from './termination.ts';
import { transfer } from './transfer.ts';
import { wording } from './wording.ts';

describe('liability', () => {
  it('is told when the cap lies below a year’s fees, for one side only', () => {
    const texts = [
      "The Supplier's total liability is limited to EUR 10,000.",
      'The Customer shall pay a fee of EUR 5,000 per month.',
    ];
    expect(says(liability, ...texts)).toEqual([
      'medium <Customer>: Clause 1.1: only the liability of the Supplier is capped; that of the Customer is not.',
      'high <Customer>: Clause 1.1: liability is capped at EUR 10,000, 17 % of what the contract costs in a year (EUR 60,000).',
    ]);
  });

  it('is told when it is unlimited or capped at the fees of a few months', () => {
    expect(says(liability, 'The Customer is liable without limit of liability.')).toEqual([
      'high <Customer>: Clause 1.1: the liability of the Customer is unlimited.',
    ]);
    expect(
      says(liability, "Each party's liability shall not exceed the fees paid in the 3 months before the claim."),
    ).toEqual(['medium <>: Clause 1.1: liability is capped at the fees of 3 months, less than those of a year.']);
  });

  it('is no matter when both are capped at a year’s fees, and for what nobody can limit', () => {
    expect(
      says(liability, "EACH PARTY'S TOTAL LIABILITY SHALL NOT EXCEED THE FEES PAID IN THE TWELVE (12) MONTHS BEFORE."),
    ).toEqual([]);
    expect(says(liability, 'Nothing limits liability for fraud: liability for fraud is unlimited.')).toEqual([]);
    expect(says(liability, 'Neither party is liable for indirect damage or lost profits.')).toEqual([]);
  });
});

describe('an indemnity', () => {
  it('is told when it binds one side, more so without bounds', () => {
    expect(says(indemnity, 'The Customer shall indemnify the Supplier against claims of third parties.')).toEqual([
      expect.stringMatching(/^medium <Customer>/),
    ]);
    expect(
      says(indemnity, 'The Customer shall indemnify the Supplier against all claims, without limitation.'),
    ).toEqual([expect.stringMatching(/^high <Customer>.*no upper bound/)]);
  });

  it('is no matter when it is mutual; “including without limitation” opens a list', () => {
    expect(says(indemnity, 'Each party shall indemnify the other against claims of third parties.')).toEqual([]);
    const both = [
      'The Customer shall indemnify the Supplier, including without limitation against fines.',
      'The Supplier shall indemnify the Customer.',
    ];
    expect(says(indemnity, ...both)).toEqual([]);
  });
});

describe('termination', () => {
  it.each([
    [
      'The Supplier may terminate this Agreement for convenience on 30 days’ notice.',
      /^high <Customer>.*the Customer may not/,
    ],
    ['The Supplier may terminate this Agreement at any time without notice.', /at once, without notice/],
    ['Either party may terminate this Agreement on 120 days’ notice.', /^medium <>.*takes 120 days/],
    ['The initial term is 36 months.', /binds the Supplier and the Customer for 36 months/],
  ])('is told: %s', (text, said) => {
    expect(says(termination, text).join('\n')).toMatch(said);
  });

  it('is no matter when both may end it, or only after a breach', () => {
    expect(says(termination, 'Either party may terminate this Agreement on 30 days’ notice.')).toEqual([]);
    expect(
      says(termination, 'The Supplier may terminate this Agreement if the Customer commits a material breach.'),
    ).toEqual([]);
    expect(says(termination, 'Either party may terminate immediately if the other is insolvent.')).toEqual([]);
  });
});

describe('renewal', () => {
  it('is told with its period and its notice, and weighs more when either is long', () => {
    expect(
      says(
        renewal,
        'It renews automatically for 24 months unless the Customer gives notice at least 180 days before the end.',
      ),
    ).toEqual([
      'high <Customer>: Clause 1.1: the contract renews by itself for 24 months at a time; it must be stopped 180 days ahead.',
    ]);
    expect(
      says(renewal, 'It shall automatically renew for one year unless either party gives notice of at least 30 days.'),
    ).toEqual([
      'medium <>: Clause 1.1: the contract renews by itself for one year at a time; it must be stopped 30 days ahead.',
    ]);
  });

  it('is no matter when it does not come by itself', () => {
    expect(says(renewal, 'The parties may renew this Agreement in writing. It shall not renew automatically.')).toEqual(
      [],
    );
    expect(says(renewal, 'The patent grant is automatically extended to all recipients.')).toEqual([]);
  });
});

describe('payment', () => {
  it.each([
    ['Late payments bear interest of 2.5% per month.', /^high <>.*30 % a year/],
    ['Late payments bear interest of 15% per year.', /^medium/],
    ['Late payments bear interest of 1.1% per month.', /which is 13\.2 % a year/],
    ['The Supplier may increase the Fees at any time.', /^high <Customer>.*nothing says how far/],
    ['Invoices are payable within 90 days.', /^medium.*only after 90 days/],
    ['Fees are non-refundable.', /^low/],
  ])('is told: %s', (text, said) => {
    expect(says(payment, text)).toEqual([expect.stringMatching(said)]);
  });

  it.each([
    'Late payments bear interest of 8% per year.',
    'The Supplier may adjust the Fees by no more than the consumer price index.',
    'Invoices are payable within 30 days.',
  ])('is no matter: %s', (text) => {
    expect(says(payment, text)).toEqual([]);
  });
});

describe('rights, restrictions and transfer', () => {
  it('are told with the party that bears them', () => {
    expect(says(rights, 'The Customer hereby assigns to the Supplier all rights in its suggestions.')).toEqual([
      expect.stringMatching(/^medium <Customer>/),
    ]);
    expect(says(rights, 'The Customer grants the Supplier a perpetual licence to use Customer Data.')).toEqual([
      'high <Customer>: Clause 1.1: the Supplier may use the Customer’s data for ever, also after the contract has ended.',
    ]);
    expect(says(restriction, 'The Customer shall obtain hosting exclusively from the Supplier.')).toEqual([
      expect.stringMatching(/^medium <Customer>/),
    ]);
    expect(says(restriction, 'For 24 months after the end the Supplier shall not compete with the Customer.')).toEqual([
      expect.stringMatching(/^high <Supplier>.*24 months/),
    ]);
    expect(says(transfer, 'The Supplier may assign this Agreement without consent.')).toEqual([
      expect.stringMatching(/^medium <Customer>/),
    ]);
  });

  it('are no matter when they are harmless', () => {
    expect(says(rights, 'The Supplier grants the Customer a licence for the term of this Agreement.')).toEqual([]);
    expect(says(rights, 'Neither party may assign any of its rights without consent.')).toEqual([]);
    expect(says(restriction, 'The courts of London have exclusive jurisdiction.')).toEqual([]);
    expect(says(transfer, 'The Customer may not assign this Agreement without consent.')).toEqual([]);
  });
});

describe('wording', () => {
  it.each([
    ['The Supplier may suspend the Services in its sole discretion.', /^medium <Customer>.*the Supplier decides alone/],
    ['The Supplier may change the Services without notice.', /^high <Customer>/],
    [
      'The Customer shall observe the Rules as published by the Supplier from time to time.',
      /^medium <Customer>.*can change the rules/,
    ],
    ["Credits are the Customer's only remedy.", /^medium <Customer>.*the Supplier owes nothing beyond/],
    ['The Supplier provides the Services "as is".', /^medium <Customer>.*promises no quality/],
  ])('that puts one side at the other’s mercy is told: %s', (text, said) => {
    expect(says(wording, text)).toEqual([expect.stringMatching(said)]);
  });

  it('that is everyday is no matter', () => {
    expect(says(wording, 'The Supplier shall notify the Customer of changes without delay, as is usual.')).toEqual([]);
  });
});

describe('a finding', () => {
  it('names the clause, and proves itself by the lines on which it stands', () => {
    const contract = contractOf('1. Fees\n\n1.1 The Supplier\nmay increase\nthe Fees at any time.');
    expect(payment(contract)[0]?.lines).toEqual([
      { at: 7, text: '1.1 The Supplier' },
      { at: 8, text: 'may increase' },
      { at: 9, text: 'the Fees at any time.' },
    ]);
  });
});
