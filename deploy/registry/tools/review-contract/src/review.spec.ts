import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readContract } from './contract/reader.ts';
import { review } from './review.ts';
import { contractOf, contractSaying } from './testing/contract.ts';

const example = readFileSync(
  new URL('../../../../../examples/supplier-contract/hosting-agreement.txt', import.meta.url),
  'utf8',
);

describe('a review', () => {
  it('finds what is risky in the example contract, and what is missing', () => {
    const { findings, missing } = review([readContract('hosting-agreement.txt', example)], '');
    const grave = findings.filter(({ severity }) => severity === 'high').map(({ topic }) => topic);
    expect(new Set(grave)).toEqual(
      new Set(['liability', 'indemnity', 'termination', 'renewal', 'payment', 'data protection', 'services']),
    );
    expect(missing).toEqual(['data protection', 'force majeure']);
  });

  it('proves each finding by lines of the attachment, word for word', () => {
    const lines = example.split('\n');
    const { findings } = review([readContract('hosting-agreement.txt', example)], '');
    expect(findings.every((each) => each.lines.length > 0)).toBe(true);
    for (const { at, text } of findings.flatMap((each) => each.lines)) expect(lines[at - 1]).toBe(text);
  });

  const two = () =>
    contractSaying(
      'The Supplier may increase the Fees at any time.',
      'The Supplier shall indemnify the Customer against all claims, without limitation.',
    );

  it('takes the side that the question takes', () => {
    expect(review([two()], 'What is risky for the supplier?').findings[0]).toMatchObject({ burdens: 'Supplier' });
    expect(review([two()], 'What is risky for Harbour Lane B.V.?').findings[0]).toMatchObject({ burdens: 'Customer' });
  });

  it('begins with the topic that the question asks about', () => {
    expect(review([two()], 'What about indemnities?').findings[0]).toMatchObject({ topic: 'indemnity' });
    expect(review([two()], 'What about payment?').findings[0]).toMatchObject({ topic: 'payment' });
  });

  it('has nothing to warn of in a balanced contract', () => {
    const fair = contractOf(
      '1. Services\n\n1.1 The Supplier shall perform the services with reasonable skill and care.',
      '2. Payment\n\n2.1 The Customer shall pay EUR 500 per month. Invoices are payable within 30 days. Late payments bear interest of 5% per year.',
      '3. Term\n\n3.1 Either party may terminate this contract on 30 days’ notice, or at once if the other party commits a material breach.',
      '4. Confidentiality\n\n4.1 Each party shall keep the other party’s confidential information secret.',
      '5. Data protection\n\n5.1 Each party processes personal data as the law demands.',
      "6. Liability\n\n6.1 Each party's total liability is limited to EUR 10,000 per year. Nothing limits liability for fraud.",
      '7. Intellectual property\n\n7.1 Each party keeps its intellectual property.',
      '8. General\n\n8.1 Neither party may assign this contract without consent. No party is liable for events beyond its reasonable control.',
    );
    expect(review([fair], '').findings.map(({ message }) => message)).toEqual([]);
    expect(review([fair], '').missing).toEqual(['governing law']);
  });
});
