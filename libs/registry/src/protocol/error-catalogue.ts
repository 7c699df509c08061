import { dirname } from 'node:path/posix';
import { errorNotes } from './error-notes.js';
import { stringAt } from './source-text.js';

/** What docs/errors.md says about one code. */
export interface ErrorEntry {
  readonly code: string;
  /** The sentence, with `…` for what is filled in; empty where it differs from case to case. */
  readonly sentence: string;
  /** What the reader can do; empty where the sentence itself says it. */
  readonly next: string;
  /** When it happens, where the source says so. */
  readonly when: string;
  readonly retryable: boolean;
}

/**
 * Every error code in these sources: classes with `readonly code = '…'`, faults written as `{ code: '…', message, next }`,
 * and `new SomeFailure('…', sentence)`. Sorted by code, each once.
 * @param sources text by path, with `/`; specs and tests left out.
 */
export function errorsIn(sources: ReadonlyMap<string, string>): ErrorEntry[] {
  const entries = new Map<string, ErrorEntry>();
  const prefixes = prefixesIn(sources);
  for (const [path, source] of sources) {
    for (const entry of [...classesIn(source), ...literalsIn(source), ...raisedIn(path, source, prefixes)]) {
      const known = entries.get(entry.code);
      if (known === undefined || (known.sentence === '' && entry.sentence !== '')) entries.set(entry.code, entry);
    }
  }
  return [...entries.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

const code = "'([a-z][a-z0-9-]*/[a-z0-9-]+|[A-Z]+(?:_[A-Z]+)+)'";

function* classesIn(source: string): Generator<ErrorEntry> {
  const classes = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?export class \w+[^{]*\{([\s\S]*?)\n\}/g;
  for (const [, comment = '', body = ''] of source.matchAll(classes)) {
    const found = new RegExp(`readonly code = ${code}`).exec(body)?.[1];
    if (found === undefined) continue;
    yield {
      code: found,
      sentence: after(body, /super\(/) ?? '',
      next: after(body, /readonly next(?:: string)? =/) ?? after(body, /this\.next =/) ?? '',
      when: proseOf(comment),
      retryable: /readonly retryable(?:: boolean)? = true/.test(body),
    };
  }
}

function* literalsIn(source: string): Generator<ErrorEntry> {
  const written = new RegExp(`\\bcode: (?:${code}|([A-Z]+(?:_[A-Z]+)+))|const (?=[A-Z_]+ = )\\w+ = ${code}`, 'g');
  for (const match of source.matchAll(written)) {
    const found = match[1] ?? match[2] ?? match[3];
    if (found === undefined) continue;
    const rest = source.slice(match.index, endOfObject(source, match.index));
    const sentence = after(rest, /\bmessage:/) ?? '';
    yield { code: found, sentence, next: after(rest, /\bnext:/) ?? '', when: '', retryable: false };
  }
}

function* raisedIn(path: string, source: string, prefixes: readonly Prefix[]): Generator<ErrorEntry> {
  for (const match of source.matchAll(/new (\w+)\(\s*'([a-z0-9-]+(?:\/[a-z0-9-]+)?)',/g)) {
    const [all, name, given = ''] = match;
    const prefix = prefixes.find((one) => one.name === name && path.startsWith(`${one.folder}/`));
    if (prefix === undefined) continue;
    const sentence = stringAt(source, match.index + all.length) ?? '';
    const whole = given.includes('/') ? given : `${prefix.area}/${given}`;
    yield { code: whole, sentence, next: '', when: '', retryable: false };
  }
}

/** A class that puts its area before the reason it is given; known to its folder only. */
interface Prefix {
  readonly name: string;
  readonly area: string;
  readonly folder: string;
}

function prefixesIn(sources: ReadonlyMap<string, string>): Prefix[] {
  return [...sources].flatMap(([path, source]) => {
    const name = /export class (\w+)/.exec(source)?.[1];
    const area = /(?:this\.code = |readonly code: )`([a-z-]+)\/\$\{/.exec(source)?.[1];
    return name === undefined || area === undefined ? [] : [{ name, area, folder: dirname(path) }];
  });
}

/** Where the object that `from` lies in ends; the innermost one. */
function endOfObject(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '{') depth += 1;
    if (source[at] === '}') depth -= 1;
    if (depth < 0) return at;
  }
  return source.length;
}

/** The string behind the first match. */
function after(text: string, pattern: RegExp): string | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : stringAt(text, match.index + match[0].length);
}

const proseOf = (comment: string): string =>
  comment
    .replace(/^\s*\*? ?/gm, '')
    .replace(/@\w+[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim();

/** docs/errors.md: every code with its sentence and what to do. */
export function errorCatalogue(entries: readonly ErrorEntry[]): string {
  const areas = Map.groupBy(
    entries,
    (entry) => (entry.code.includes('/') ? entry.code.split('/', 1)[0] : 'leash') ?? '',
  );
  const sections = [...areas].map(([area, of]) => {
    const rows = of.map((entry) => `| \`${entry.code}\` | ${cell(sentenceOf(entry))} | ${cell(nextOf(entry))} |`);
    return [`## ${area}`, '', '| code | sentence | what to do |', '| --- | --- | --- |', ...rows].join('\n');
  });
  return `${[heading, ...sections].join('\n\n')}\n`;
}

const heading = `<!-- Generated from the sources by \`npm run protocol\`; edit those. -->
# Error codes

A code is \`<area>/<what>\` and is never renamed. Whoever sees an error sees its code, a plain sentence and what to do; a stack
trace never leaves the process. \`…\` stands for what is filled in. Callers compare codes, not classes or sentences.`;

const sentenceOf = ({ code: given, sentence, when }: ErrorEntry): string => {
  const note = when === '' ? (sentence === '' ? (errorNotes[given]?.when ?? '') : '') : when;
  return [sentence, note === '' ? '' : `_${note}_`].filter((part) => part !== '').join(' ');
};

const nextOf = ({ code: given, next, retryable }: ErrorEntry): string => {
  const said = next === '' ? (errorNotes[given]?.next ?? '') : next;
  return (
    [said, retryable ? 'May succeed later, unchanged.' : ''].filter((part) => part !== '').join(' ') ||
    'See the sentence.'
  );
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
