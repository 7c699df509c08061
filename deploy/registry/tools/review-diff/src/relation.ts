import type { DiffLine } from './diff/diff.ts';
import { type Finding, finding } from './finding.ts';
import type { ReviewedFile } from './reviewed-file.ts';
import { tellingWords } from './words.ts';

/** What is known about the incident: words of its messages, numbers in them, and, counting less, words of the question. */
export interface Incident {
  readonly words: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
}

/** How much of the incident a piece of the change shares. Strength 0: nothing; 1 and more: worth saying. */
export interface Relation {
  readonly strength: number;
  readonly shared: readonly string[];
}

/** Gathers the words of the suspects (message templates, error texts, identifiers) and of the question. */
export function incidentOf(suspects: readonly string[], question: string): Incident {
  const words = new Set(suspects.flatMap((text) => [...tellingWords(text)]));
  const numbers = new Set(suspects.flatMap((text) => text.match(/(?<![\w.])\d{2,}(?![\w.])/g) ?? []));
  const asked = new Set([...tellingWords(question)].filter((word) => !words.has(word)));
  return { words, numbers, asked };
}

/**
 * Relates a finding by the lines that it is about and the names that its message quotes (`payments.timeoutMs`), and,
 * counting half, by the path of its file.
 */
export function relate(found: Finding, incident: Incident): Relation {
  const quoted = [...found.message.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  const changed = [...found.about.map((line) => line.text), ...quoted].join('\n');
  return measure(changed, found.file.path, incident);
}

function measure(text: string, around: string, incident: Incident): Relation {
  const words = tellingWords(text);
  const nearby = tellingWords(around);
  const direct = [...words].filter((word) => incident.words.has(word));
  const indirect = [...nearby].filter((word) => !words.has(word) && incident.words.has(word));
  const asked = [...words, ...nearby].filter((word) => incident.asked.has(word));
  const numbers = (text.match(/(?<![\w.])\d{2,}(?![\w.])/g) ?? []).filter((number) => incident.numbers.has(number));
  const strength = direct.length + 0.5 * indirect.length + 0.5 * new Set(asked).size + new Set(numbers).size;
  return { strength, shared: [...new Set([...direct, ...numbers, ...indirect, ...asked])] };
}

const touches = 'touches-incident';
const maxPerFile = 2;

/**
 * Finds changed lines that share words with the incident's messages, in hunks that no rule spoke about: no fault, but
 * where to look next. At most two per file, at least two shared words each.
 */
export function findTouching(
  files: readonly ReviewedFile[],
  spokenOf: ReadonlySet<DiffLine>,
  incident: Incident,
): Finding[] {
  if (incident.words.size === 0) return [];
  return files
    .filter((file) => !file.isTest && file.language !== 'prose' && file.language !== 'generated')
    .flatMap((file) =>
      file.hunks
        .filter(({ hunk }) => !hunk.lines.some((line) => spokenOf.has(line)))
        .flatMap((hunk) => [...hunk.before, ...hunk.after])
        .filter((line) => line.isChanged && line.code.trim() !== '')
        .map((line) => ({ line, relation: measure(line.code, '', incident) }))
        .filter(({ relation }) => relation.strength >= 2)
        .sort((a, b) => b.relation.strength - a.relation.strength)
        .slice(0, maxPerFile)
        .map(({ line, relation }) => {
          const words = relation.shared
            .slice(0, 4)
            .map((word) => `“${word}”`)
            .join(', ');
          const what = line.line.sign === '-' ? 'removed' : 'new';
          return finding(touches, 'low', file, `This ${what} line shares ${words} with the incident’s messages.`, [
            line.line,
          ]);
        }),
    );
}
