import { type Contract, type Line, linesOf, sentencesOf } from '../contract/contract.ts';
import { figuresIn } from '../contract/figure.ts';

/** What the contract costs in a year as far as it says so, with the lines that say it. */
export interface YearlyFees {
  readonly currency: string;
  readonly value: number;
  readonly lines: readonly Line[];
}

/** The largest recurring amount that somebody has to pay, a month's counted twelve times. Single amounts do not count. */
export function yearlyFees(contract: Contract): YearlyFees | undefined {
  const fees = sentencesOf(contract)
    .filter(
      ({ text }) => /\b(pay|fees?|price|charges?|remuneration|rent|invoiced?)\b/i.test(text) && !/\bliab/i.test(text),
    )
    .flatMap((sentence) =>
      figuresIn(sentence.text).flatMap((figure) => {
        if (figure.kind !== 'amount' || figure.per === 'once') return [];
        const value = figure.per === 'month' ? figure.value * 12 : figure.value;
        return [
          {
            currency: figure.currency,
            value,
            lines: linesOf(sentence, figure.index, figure.index + figure.text.length),
          },
        ];
      }),
    );
  return fees.length === 0 ? undefined : fees.reduce((a, b) => (b.value > a.value ? b : a));
}
