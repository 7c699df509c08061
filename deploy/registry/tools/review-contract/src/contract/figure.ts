/** A number with its meaning, as a sentence states it. `index` is where it stands in the sentence. */
export type Figure = { readonly text: string; readonly index: number } & (
  | { readonly kind: 'period'; readonly days: number }
  | {
      readonly kind: 'amount';
      readonly currency: string;
      readonly value: number;
      readonly per: 'month' | 'year' | 'once';
    }
  | { readonly kind: 'percent'; readonly value: number; readonly per: 'month' | 'year' | 'none' }
  | { readonly kind: 'date' }
  /** Words and digits that differ: `thirty (60) days`. */
  | { readonly kind: 'mismatch'; readonly words: number; readonly digits: number }
);

const units: Readonly<Record<string, number>> = { hour: 1 / 24, day: 1, week: 7, month: 30, year: 365 };
const words: Readonly<Record<string, number>> = {
  ...{
    one: 1,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
    twelve: 12,
    fourteen: 14,
  },
  ...{
    fifteen: 15,
    eighteen: 18,
    twenty: 20,
    'twenty-four': 24,
    thirty: 30,
    'thirty-six': 36,
    'forty-five': 45,
    forty: 40,
  },
  ...{ sixty: 60, seventy: 70, eighty: 80, ninety: 90, hundred: 100 },
};
const word = Object.keys(words)
  .sort((a, b) => b.length - a.length)
  .join('|');
const currencies: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  euro: 'EUR',
  euros: 'EUR',
  dollars: 'USD',
  pounds: 'GBP',
};
const money = String.raw`\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{2})?|\d+(?:[.,]\d{1,2})?`;
const months = 'January|February|March|April|May|June|July|August|September|October|November|December';

/** The figures of a text, in order: periods, amounts of money, percentages, dates. */
export function figuresIn(text: string): Figure[] {
  return [...periods(text), ...amounts(text), ...percentages(text), ...dates(text)].sort((a, b) => a.index - b.index);
}

function* periods(text: string): Generator<Figure> {
  const pattern = new RegExp(
    String.raw`(?:\b(${word})\b\s*)?(?:\(?(\d{1,4})\)?\s*)?-?\s*(?:calendar |business |working |full |consecutive )?(hour|day|week|month|year)s?\b`,
    'gi',
  );
  for (const match of text.matchAll(pattern)) {
    const [all, inWords, inDigits, unit = ''] = match;
    const said = inWords === undefined ? undefined : words[inWords.toLowerCase()];
    const value = inDigits === undefined ? said : Number(inDigits);
    if (value === undefined) continue;
    const base = { text: all.trim(), index: match.index };
    if (said !== undefined && inDigits !== undefined && said !== value)
      yield { ...base, kind: 'mismatch', words: said, digits: value };
    yield { ...base, kind: 'period', days: value * (units[unit.toLowerCase()] ?? 1) };
  }
}

function* amounts(text: string): Generator<Figure> {
  const pattern = new RegExp(
    String.raw`(?:\b(EUR|USD|GBP|CHF)\s?|([€$£])\s?)(${money})(?!\d)(\s?(?:million|k)\b)?|\b(${money})\s(EUR|USD|GBP|CHF|euros?|dollars|pounds)\b`,
    'g',
  );
  for (const match of text.matchAll(pattern)) {
    const currency = match[1] ?? currencies[match[2] ?? match[6] ?? ''] ?? match[6] ?? '';
    const factor = /million/.test(match[4] ?? '') ? 1e6 : /k/.test(match[4] ?? '') ? 1e3 : 1;
    const value = numberOf(match[3] ?? match[5] ?? '0') * factor;
    yield { kind: 'amount', text: match[0], index: match.index, currency, value, per: perOf(text, match) };
  }
}

function* percentages(text: string): Generator<Figure> {
  for (const match of text.matchAll(/(\d+(?:[.,]\d+)?)\s?(?:%|per ?cent\b)/g)) {
    const per = perOf(text, match);
    yield {
      kind: 'percent',
      text: match[0],
      index: match.index,
      value: numberOf(match[1] ?? '0'),
      per: per === 'once' ? 'none' : per,
    };
  }
}

function* dates(text: string): Generator<Figure> {
  const pattern = new RegExp(
    String.raw`\b\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:${months}),? \d{4}\b|\b(?:${months}) \d{1,2},? \d{4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b`,
    'g',
  );
  for (const match of text.matchAll(pattern)) yield { kind: 'date', text: match[0], index: match.index };
}

/** `EUR 8,500 per month`, `a monthly fee of EUR 8,500`, `2 % p.a.` */
function perOf(text: string, match: RegExpMatchArray): 'month' | 'year' | 'once' {
  const at = match.index ?? 0;
  const after = text.slice(at + match[0].length, at + match[0].length + 40);
  const before = text.slice(Math.max(0, at - 30), at);
  if (
    /^\s*(?:\([^)]*\)\s*)?(?:per|a|each|every|\/|for each)\s*(?:calendar |full |started )?month/i.test(after) ||
    /^\s*monthly\b/i.test(after)
  )
    return 'month';
  if (
    /^\s*(?:per|a|each|every|\/|for each)\s*(?:contract |calendar |full )?(?:year|annum)|^\s*(?:p\.?\s?a\b|annually|yearly)/i.test(
      after,
    )
  )
    return 'year';
  if (/\bmonthly\b[^.,]*$/i.test(before)) return 'month';
  if (/\b(annual|yearly)\b[^.,]*$/i.test(before)) return 'year';
  return 'once';
}

/** Reads `8,500`, `8.500,00`, `8 500.00` and `2,5`. */
function numberOf(text: string): number {
  const cents = /[.,](\d{1,2})$/.exec(text);
  const whole = (cents ? text.slice(0, cents.index) : text).replace(/\D/g, '');
  return Number(`${whole}.${cents?.[1] ?? '0'}`);
}
