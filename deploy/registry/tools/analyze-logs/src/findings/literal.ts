import { ANY } from '../templates/tokens.ts';

const WILDCARD = /<(?:num|ip|hex|uuid|time|id|path|\*)>/;
const WILDCARDS = new RegExp(WILDCARD, 'g');
/** A logger or a service that the layout put in front may stand elsewhere in the line. */
const MAX_LEAD_WORDS = 3;
const CAUSE = ' / cause: ';

/**
 * A template with the values that all of the lines have in common instead of wildcards: "<num> of <num> in use" becomes
 * "8 of 8 in use" if it is always eight. Undefined if the lines do not contain the template word for word.
 */
export function fillIn(template: string, lines: readonly string[]): string | undefined {
  const end = template.indexOf(CAUSE);
  const own = (end === -1 ? template : template.slice(0, end)).split(' ');
  const rest = end === -1 ? '' : template.slice(end);
  for (let lead = 0; lead <= Math.min(MAX_LEAD_WORDS, own.length - 1); lead++) {
    const words = own.slice(lead);
    const values = valuesIn(words.join(' '), lines);
    if (values === undefined) continue;
    let index = 0;
    const filled = words.join(' ').replace(WILDCARDS, (wildcard) => values[index++] ?? wildcard);
    return [...own.slice(0, lead), filled].join(' ') + rest;
  }
  return undefined;
}

/** For each wildcard the value that all lines share; undefined for a line that the text does not match. */
function valuesIn(text: string, lines: readonly string[]): (string | undefined)[] | undefined {
  const [head = '', ...tails] = text.split(WILDCARD);
  if (!/[A-Za-z]{3}/.test(text.replace(WILDCARDS, ''))) return undefined;
  const pattern = new RegExp(
    literally(head) + tails.map((tail, index) => capture(tail, index === tails.length - 1)).join(''),
  );
  let common: (string | undefined)[] | undefined;
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match === null) return undefined;
    const values = match.slice(1);
    common = common?.map((value, index) => (value === values[index] ? value : undefined)) ?? values;
  }
  return common;
}

/** A value reaches to the text that follows it; the last one of a line, or before a quote, to the end of its word. */
const capture = (tail: string, isLast: boolean) =>
  isLast && tail === '' ? String.raw`([^\s",;]*)` : String.raw`(\S*?)${literally(tail)}`;

const literally = (text: string) =>
  text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s+`);

export const hasWildcards = (template: string): boolean => WILDCARD.test(template) || template.includes(ANY);
