import { describe, expect, it } from 'vitest';
import { readContract } from './reader.ts';

const outline = (text: string): string[] =>
  readContract('c.txt', text).clauses.map(({ number, title, line, topic }) => `${number}|${title}|${line.at}|${topic}`);

describe('reading a contract', () => {
  it('finds clauses by numbers with titles, in plain text', () => {
    expect(
      outline(
        'CONTRACT\n\nBetween us.\n\n1. Payment\n\n1.1 Fees are due.\n\n2. Term and termination\n\n2.1 One year.\n',
      ),
    ).toEqual(['1|Payment|5|payment', '2|Term and termination|9|termination']);
  });

  it('finds them by markdown headings, by capitals and by the word Article', () => {
    expect(outline('# Contract\n\n## Liability\n\nNone.\n\n## 2. Privacy\n\nYes.\n')).toEqual([
      '|Liability|3|liability',
      '2|Privacy|7|data protection',
    ]);
    expect(outline('Contract text.\n\nFORCE MAJEURE\n\nNobody is to blame.\n')).toEqual([
      '|FORCE MAJEURE|3|force majeure',
    ]);
    expect(outline('Article 1 - Notices\n\nIn writing.\n\nArticle 2 - Insurance\n\nNone.\n')).toEqual([
      '1|Notices|1|notices',
      '2|Insurance|5|insurance',
    ]);
  });

  it('takes a title before the first sentence, and first words where there is no title', () => {
    expect(
      outline('1. Governing law. This contract is governed by Dutch law.\n2. Assignment. Nobody may assign it.\n'),
    ).toEqual(['1|Governing law|1|governing law', '2|Assignment|2|assignment']);
    expect(
      outline(
        '1. The Supplier shall indemnify the Customer against all claims.\n\n2. The Customer shall pay the invoices of the Supplier.\n',
      ),
    ).toEqual([
      '1|The Supplier shall indemnify the Customer…|1|indemnity',
      '2|The Customer shall pay the invoices…|3|payment',
    ]);
  });

  it('keeps a sentence together over line ends, also when a line begins with a number', () => {
    const { clauses } = readContract(
      'c.txt',
      '1. Terms\n\n1.1 As set out in section\n7. This holds. And so\ndoes this.\n\n2. More\n\nText.\n',
    );
    expect(clauses[0]?.paragraphs[0]?.sentences.map(({ text }) => text)).toEqual([
      'As set out in section 7.',
      'This holds.',
      'And so does this.',
    ]);
    expect(clauses).toHaveLength(2);
  });

  it('does not end a sentence at an abbreviation', () => {
    const { clauses } = readContract('c.txt', '1. Terms\n\n1.1 Quillstone Ltd. Delivers to Harbour B.V. No other.\n');
    expect(clauses[0]?.paragraphs[0]?.sentences).toHaveLength(1);
  });
});

describe('the parties', () => {
  const parties = (text: string): string[] =>
    readContract(
      'c.txt',
      `${text}\n\n1. Scope\n\nThe Provider shall work. The Client shall pay. Provider and Client agree.\n`,
    ).parties.map(({ role, name }) => `${role}: ${name}`);

  it('are named where the preamble defines them', () => {
    expect(
      parties(
        'This Agreement (the "Agreement") is made between Quillstone Ltd, a company of England ("Provider"), and Harbour Lane B.V. (the “Client”).',
      ),
    ).toEqual(['Provider: Quillstone Ltd', 'Client: Harbour Lane B.V.']);
    expect(parties('**Provider:** Quillstone Ltd\n\n**Client:** Harbour Lane B.V.')).toEqual([
      'Provider: Quillstone Ltd',
      'Client: Harbour Lane B.V.',
    ]);
  });

  it('are known by their roles where no name is given', () => {
    expect(parties('A contract.')).toEqual(['Provider: ', 'Client: ']);
    expect(parties('PROVIDER:\n[NAME]\n("Provider")\n\nCLIENT:\n[NAME]\n("Client")')).toEqual([
      'Provider: ',
      'Client: ',
    ]);
  });
});
