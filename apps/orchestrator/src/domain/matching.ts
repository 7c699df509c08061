import type { Attachment } from '@voorman/envelope';

/** What an attachment is, as far as its name and media type tell: `log`, `diff`, `contract` or `text`. */
export type Kind = string;

const byMediaType: { readonly [mediaType: string]: Kind } = {
  'text/x-diff': 'diff',
  'text/x-log': 'log',
  'text/x-contract': 'contract',
};

/** The media type decides; then the name's ending; what is left is text. */
export function attachmentKind({ name, media_type }: Pick<Attachment, 'name' | 'media_type'>): Kind {
  const declared = byMediaType[media_type];
  if (declared) return declared;
  if (/\.(diff|patch)$/i.test(name)) return 'diff';
  if (
    /\.(log|jsonl|ndjson|out|err)(\.\d+)?(\.gz)?$/i.test(name) ||
    /(^|[-_.])(syslog|access|error)([-_.]|$)/i.test(name)
  ) {
    return 'log';
  }
  if (/(contract|agreement|nda|terms|msa)/i.test(name)) return 'contract';
  return 'text';
}

/** Plain text may be anything; what is clearly something else fits nobody but its own readers. */
export const fits = (kind: Kind, kinds: readonly Kind[]): boolean =>
  kinds.includes(kind) || (kind === 'text' && kinds.length > 0);

/** How many of the keywords the goal holds, whole words, endings of plural and tense forgiven. */
export function keywordHits(goal: string, keywords: readonly string[]): number {
  const words = new Set(
    goal
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.map(stem) ?? [],
  );
  return keywords.filter((keyword) => {
    const parts = keyword.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    return parts.length > 0 && parts.every((part) => words.has(stem(part)));
  }).length;
}

/** Crude on purpose: the same for goal and keyword, so that "failing", "failed" and "fails" meet. */
const stem = (word: string): string => (word.length > 4 ? word.replace(/(ing|ed|es|s)$/, '') : word);
