import { isTelling } from '../severity.ts';

/** Messages longer than this share one shape: the rest of the words is left out of the template. */
export const MAX_TOKENS = 40;
const REST = '<…>';

export function tokensOf(masked: string): string[] {
  const tokens = masked.trim().split(/\s+/, MAX_TOKENS + 1);
  if (tokens.length > MAX_TOKENS) tokens[MAX_TOKENS] = REST;
  return tokens;
}

export const ANY = '<*>';
const PATH = '<path>';

const isPath = (token: string): boolean => /^["'(]?(?:[a-z]+:\/)?\/\S*\/?/i.test(token) || token === PATH;

/** The narrowest wildcard that stands for both tokens: `user=<*>`, `<path>`, `<*>`. */
export function widen(a: string, b: string): string {
  if (a === b) return a;
  const key = a.slice(0, Math.max(a.indexOf('='), a.indexOf(':')) + 1);
  if (key !== '' && b.startsWith(key)) return key + ANY;
  return isPath(a) && isPath(b) ? PATH : ANY;
}

/** True if a token of a template stands for a token of a message. */
export function covers(pattern: string, token: string): boolean {
  if (pattern === token || pattern === ANY) return true;
  if (pattern === PATH) return isPath(token);
  return pattern.endsWith(ANY) && token.startsWith(pattern.slice(0, -ANY.length));
}

/** True if the template stands for the (masked) message. */
export function matches(template: readonly string[], masked: string): boolean {
  const tokens = tokensOf(masked);
  return tokens.length === template.length && tokens.every((token, index) => covers(template[index] ?? '', token));
}

/** A wildcard says less about a message than a word does. */
const WILDCARD_WEIGHT = 0.25;
const weightOf = (token: string) => (token.charCodeAt(0) === 60 ? WILDCARD_WEIGHT : 1);

/**
 * How alike a template and a message of the same length are, 0 to 1; 0 too if they differ in a word that tells one
 * outcome from another (started, stopped; hit, miss).
 */
export function similarity(template: readonly string[], tokens: readonly string[]): number {
  let same = 0;
  let all = 0;
  for (let index = 0; index < template.length; index++) {
    const pattern = template[index] ?? '';
    const token = tokens[index] ?? '';
    const weight = weightOf(pattern);
    all += weight;
    if (covers(pattern, token)) same += weight;
    else if (isTelling(pattern) || isTelling(token)) return 0;
  }
  return all === 0 ? 1 : same / all;
}
