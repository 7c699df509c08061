import { type Contract, type Line, linesOf, type Sentence, sentencesOf, type Topic } from '../contract/contract.ts';
import { type Figure, figuresIn } from '../contract/figure.ts';
import { type Finding, findingAt, type Rule, where } from '../finding.ts';
import { paymentTerms } from './payment.ts';

/** Figures and references that contradict each other. */
export const consistency: Rule = (contract) => [
  ...noticePeriods(contract),
  ...paymentPeriods(contract),
  ...yearAgainstMonth(contract),
  ...wordsAgainstDigits(contract),
  ...deadReferences(contract),
];

interface Stated {
  readonly sentence: Sentence;
  readonly text: string;
  readonly index: number;
  readonly days: number;
}

/** Notice of termination without a cause; notice to stop a renewal and time to remedy a breach are other things. */
function noticePeriods(contract: Contract): Finding[] {
  const stated = sentencesOf(contract).flatMap((sentence): Stated[] => {
    const { text } = sentence;
    if (
      !/\bterminat/i.test(text) ||
      !/\bnotice\b/i.test(text) ||
      /\brenew|\bremed|\bbreach|\bcure\b|\binsolven/i.test(text)
    )
      return [];
    const period = figuresIn(text).find((figure) => figure.kind === 'period' && isNotice(text, figure));
    return period?.kind === 'period' ? [{ sentence, text: period.text, index: period.index, days: period.days }] : [];
  });
  return differing(contract, 'termination', 'notice of termination', stated);
}

const isNotice = (text: string, { index, text: period }: Figure): boolean =>
  /^['’]?s?['’]?\s*(prior |advance )?(written )?notice\b|^\s*(before|prior|in advance)/i.test(
    text.slice(index + period.length),
  );

const paymentPeriods = (contract: Contract): Finding[] =>
  differing(contract, 'payment', 'the time to pay an invoice', paymentTerms(contract));

function differing(contract: Contract, topic: Topic, what: string, stated: readonly Stated[]): Finding[] {
  const [first] = stated;
  const other = stated.find(({ days }) => first !== undefined && days !== first.days);
  if (!first || !other) return [];
  const place = ({ sentence, text }: Stated): string =>
    sentence.paragraph.number === '' ? text : `${text} in ${sentence.paragraph.number}`;
  const lines: Line[] = [first, other].flatMap(({ sentence, index, text }) =>
    linesOf(sentence, index, index + text.length),
  );
  return [
    {
      severity: 'medium',
      topic,
      source: contract.source,
      lines,
      message: `Two figures for ${what}: ${place(first)}, but ${place(other)}.`,
    },
  ];
}

/** A yearly amount that is not twelve times the monthly one beside it. */
const yearAgainstMonth = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const amounts = figuresIn(sentence.text).filter(
      (figure): figure is Extract<Figure, { kind: 'amount' }> => figure.kind === 'amount',
    );
    const month = amounts.find(({ per }) => per === 'month');
    const year = amounts.find(({ per, currency }) => per === 'year' && currency === month?.currency);
    if (!month || !year || Math.abs(month.value * 12 - year.value) < 0.01 * year.value) return [];
    const message = `${where(sentence)}${month.text} per month make ${(month.value * 12).toLocaleString('en')} a year, not ${year.text}.`;
    return [findingAt(contract, sentence, { severity: 'medium', topic: 'payment', message })];
  });

const wordsAgainstDigits = (contract: Contract): Finding[] =>
  contract.clauses.flatMap((clause) =>
    clause.paragraphs.flatMap((paragraph) =>
      paragraph.sentences.flatMap((sentence) =>
        figuresIn(sentence.text).flatMap((figure) => {
          if (figure.kind !== 'mismatch') return [];
          const message = `${where(sentence)}“${figure.text}” says two different numbers.`;
          return [
            findingAt(
              contract,
              sentence,
              { severity: 'medium', topic: clause.topic, message },
              { index: figure.index, 0: figure.text },
            ),
          ];
        }),
      ),
    ),
  );

/** References to clauses that the text does not have. */
function deadReferences(contract: Contract): Finding[] {
  const numbers = new Set(
    contract.clauses.flatMap(({ number, paragraphs }) => [number, ...paragraphs.map((paragraph) => paragraph.number)]),
  );
  // Where clauses carry no numbers, or only some do, a reference cannot be checked.
  if (contract.clauses.filter(({ number }) => /^\d+$/.test(number)).length < 3) return [];
  return contract.clauses.flatMap((clause) =>
    clause.paragraphs.flatMap((paragraph) =>
      paragraph.sentences.flatMap((sentence) =>
        [
          ...sentence.text.matchAll(
            /\b(?:clauses?|sections?|articles?)\s+(\d{1,2}(?:\.\d{1,2})?)(?!\.?\d|\s+(?:of|in)\s+(?:the\s+)?(?!(?:this|the)\s+(?:agreement|contract))[A-Z])/gi,
          ),
        ]
          .filter(
            (match) => !numbers.has(match[1] ?? '') && !/\b(Act|GDPR|Regulation|Code|Directive)\b/.test(sentence.text),
          )
          .map((match) =>
            findingAt(
              contract,
              sentence,
              {
                severity: 'low',
                topic: clause.topic,
                message: `${where(sentence)}“${match[0]}” is referred to, but there is none.`,
              },
              match,
            ),
          ),
      ),
    ),
  );
}
