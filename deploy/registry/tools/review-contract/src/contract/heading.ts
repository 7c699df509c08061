/** A title; `rest` is the text that follows it on the same line. */
export interface Heading {
  readonly kind: 'heading';
  readonly number: string;
  readonly title: string;
  readonly rest: string;
}

/** A numbered paragraph; `length` is how much of the line is the number. */
export interface Item {
  readonly kind: 'item';
  readonly number: string;
  readonly length: number;
}

const modal = /\b(shall|must|may|will|is|are|agrees?|has|have|means|can|does|be)\b/i;
const numbered =
  /^\s*(?:(?:Article|Section|Clause|Art\.|Sec\.)\s+|§\s*)?((?:\d{1,2}|[IVX]{1,5})(?:\.\d{1,2})*)\s*[.):–—-]?\s+(?=\S)/i;
const lettered = /^\s*(\([a-z]{1,4}\)|\([0-9]{1,2}\)|[a-z]\))\s+(?=\S)/;

/**
 * Tells what a line opens. A heading is a markdown heading, a line in capitals that stands alone, or a number with a short
 * title: alone on its line (`8. Liability`) or before its first sentence (`8. Liability. The Supplier …`).
 */
export function openingOf(line: string, isAlone: boolean): Heading | Item | undefined {
  const plain = line.replace(/^\s*\*\*(.+?)\*\*:?\s*$/, '$1').replace(/\*\*/g, '');
  const markdown = /^#{1,6}\s+(.*?)\s*#*$/.exec(plain)?.[1];
  if (markdown !== undefined) return { kind: 'heading', ...split(markdown), rest: '' };
  const found = numbered.exec(plain);
  const number = found?.[1] ?? '';
  if (found && !/^[A-Z]*[ivx]/.test(number)) {
    const text = plain.slice(found[0].length).trimEnd();
    const isNested = number.includes('.');
    if (!isNested && isTitle(isAlone ? text.replace(/\.$/, '') : text))
      return { kind: 'heading', number, title: cleanTitle(text), rest: '' };
    const runIn = /^([A-Z][^.:;]{2,60})[.:]\s+(\S.*)$/.exec(text);
    if (!isNested && runIn?.[1] && runIn[2] && isTitle(runIn[1])) {
      return { kind: 'heading', number, title: runIn[1], rest: runIn[2] };
    }
    return { kind: 'item', number, length: found[0].length + (line.length - plain.length) };
  }
  const letter = lettered.exec(plain);
  if (letter) return { kind: 'item', number: letter[1] ?? '', length: letter[0].length };
  if (isAlone && /[A-Z]{3}/.test(plain) && !/[a-z]/.test(plain) && plain.trim().length <= 80) {
    return { kind: 'heading', ...split(plain.trim()), rest: '' };
  }
  return undefined;
}

function split(text: string): { number: string; title: string } {
  const found = numbered.exec(text);
  return found
    ? { number: found[1] ?? '', title: cleanTitle(text.slice(found[0].length)) }
    : { number: '', title: cleanTitle(text) };
}

const isTitle = (text: string): boolean =>
  text.length <= 70 &&
  text.split(/\s+/).length <= 9 &&
  /^["“]?[A-Z]/.test(text) &&
  !/[.;,]$|\.\s/.test(text) &&
  !modal.test(text);

const cleanTitle = (text: string): string => text.replace(/[:.]\s*$/, '').trim();
