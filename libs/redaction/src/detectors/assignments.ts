import { type Detector, markLengthAt } from '../detector.js';
import { PASSWORD } from './tokens.js';

const SECRET = 'secret';

/** The names under which secrets stand. `strong`: whatever stands there; else only what looks random. */
const NAME =
  /(?<password>pass(?:word|wd|phrase|code)|(?<![a-z])pwd)|(?<strong>secret|api[-_. ]?key|(?:secret|access|private|account|signing|encryption|master|auth|shared)[-_. ]?(?:access[-_. ]?)?key|authorization|(?<![a-z])(?:set-)?cookie)|(?<weak>(?<!(?:page|next|sync|continuation)[-_]?)token|credential|(?<=[?&](?:x-amz-)?)sig(?:nature)?)/gi;
const SIGN = /pass|pwd|secret|key|authorization|cookie|token|credential|sig/i;

/** Between a name and its value: the rest of the name, its quote, the separator, and the value's quote. */
const JOIN = /s?\d{0,3}\\{0,6}["'`]?\]?[ \t]{0,8}(?<separator>=>|:=|[:=])(?<space>[ \t]{0,8})(?<quote>\\{0,6}["'`])?/y;
/** The scheme before the secret of an `Authorization` header. */
const SCHEME = /(?:bearer|basic|digest|token|negotiate|apikey)[ \t]{1,4}/iy;

/** A longer value is cut, and its rest found by other detectors or not. */
const MAX_VALUE = 4_096;
const WORD = /[^\s,;&"'`<>(){}|\]\\]*/y;
const LINE = /[^\r\n"'\\]*/y;
const UP_TO_QUOTE = /[^\n"'`]*/y;

/** Where runs of one kind of characters end in one text: of names that stand in each other's values, none is read again. */
class Runs {
  #from = 0;
  #end = -1;

  constructor(
    private readonly run: RegExp,
    private readonly text: string,
  ) {}

  endFrom(from: number): number {
    if (from < this.#from || from > this.#end) {
      this.run.lastIndex = from;
      this.run.test(this.text);
      this.#from = from;
      this.#end = this.run.lastIndex;
    }
    return Math.min(this.#end, from + MAX_VALUE);
  }
}

/** The runs that values are made of. */
interface Ends {
  readonly word: Runs;
  readonly line: Runs;
  readonly upToQuote: Runs;
}
/** What stands for a value and is none. */
const PLACEHOLDER =
  /^(?:\$.*|<[^>]*>|\{\{.*|%[\w-]+%|\*+|x{3,}|\.{3,}|null|none|nil|undefined|true|false|yes|no|string|env\b.*|process\.env.*|os\.environ.*|\/[\w./-]*)$/i;

/** Values that are given under the name of a secret: `password=…`, `"api_key": "…"`, `Authorization: …`, `token := …`. */
export const findAssignments: Detector = (text, found) => {
  if (!SIGN.test(text)) return;
  const ends: Ends = {
    word: new Runs(WORD, text),
    line: new Runs(LINE, text),
    upToQuote: new Runs(UP_TO_QUOTE, text),
  };
  for (const match of text.matchAll(NAME)) {
    JOIN.lastIndex = match.index + match[0].length;
    const join = JOIN.exec(text);
    if (join === null) continue;
    const { quote = '', separator, space } = join.groups ?? {};
    let start = JOIN.lastIndex;
    SCHEME.lastIndex = start;
    if (/^(?:auth|token)/i.test(match[0]) && SCHEME.test(text)) start = SCHEME.lastIndex;
    const end = endOfValue(text, start, quote, /cookie$/i.test(match[0]), ends);
    const value = text.slice(start, end);
    const isCertain = quote !== '' || (separator === '=' && space === '') || /^(?:auth|cookie|set-c)/i.test(match[0]);
    const strength = match.groups?.weak === undefined ? (isCertain ? 'certain' : 'likely') : 'weak';
    if (end > start && markLengthAt(text, start) !== end - start && isSecret(value, strength)) {
      found({ start, end, kind: match.groups?.password === undefined ? SECRET : PASSWORD });
    }
  }
};

/** Whether a name may be one under which secrets stand. */
export const maySay = (name: string): boolean => SIGN.test(name);

/** The kind of what stands under this key of an object; undefined where the key says nothing. */
export function kindUnderKey(name: string, value: string): string | undefined {
  if (!SIGN.test(name)) return undefined;
  NAME.lastIndex = 0;
  let kind: string | undefined;
  for (const match of name.matchAll(NAME)) {
    if (!/^s?\d{0,3}$/i.test(name.slice(match.index + match[0].length))) continue;
    if (!isSecret(value, match.groups?.weak === undefined ? 'certain' : 'weak')) continue;
    kind = match.groups?.password === undefined ? SECRET : PASSWORD;
  }
  return kind !== undefined && markLengthAt(value, 0) === value.length ? undefined : kind;
}

function isSecret(value: string, strength: 'certain' | 'likely' | 'weak'): boolean {
  if (PLACEHOLDER.test(value)) return false;
  if (strength === 'certain') return true;
  // A word of prose or code after a colon: `password: string`, `secret: the recipe`.
  if (strength === 'likely') return value.length >= 4 && /[^A-Za-z_.-]/.test(value);
  return looksRandom(value);
}

/** As many characters show whether a value is random. */
const ENOUGH = 128;

/** Long, of letters and digits, and varied: at least 3 bits a character. */
function looksRandom(given: string): boolean {
  const value = given.slice(0, ENOUGH);
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value) || /\s/.test(value)) return false;
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits >= 3;
}

function endOfValue(text: string, start: number, quote: string, isWholeLine: boolean, ends: Ends): number {
  const from = start + markLengthAt(text, start);
  if (quote === '') return (isWholeLine ? ends.line : ends.word).endFrom(from);
  const last = Math.min(text.length, start + MAX_VALUE);
  for (let at = ends.upToQuote.endFrom(from); at < last; at = ends.upToQuote.endFrom(at + 1)) {
    const char = text.charAt(at);
    if (char === '\n') return at;
    if (quote.endsWith(char) && closes(text, at, start, quote.length - 1)) return at - quote.length + 1;
  }
  return last;
}

/**
 * True where a quote ends the value that `depth` backslashes and a quote began. Each level of quoting doubles the
 * backslashes and adds one, so those that belong to the value come in multiples of twice the next level's.
 */
function closes(text: string, at: number, start: number, depth: number): boolean {
  let slashes = 0;
  while (at - slashes > start && text.charAt(at - slashes - 1) === '\\') slashes++;
  return slashes % (2 * (depth + 1)) === depth;
}
