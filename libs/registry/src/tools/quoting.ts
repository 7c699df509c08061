/** A place in a text where a value of the call is put: `{{ args.city }}`, `{{ args.address.city }}`, `{{ secrets.token }}`. */
export interface Quote {
  readonly from: 'args' | 'secrets';
  readonly path: readonly string[];
}

/** What is left of a text that holds no quote, and is none, however it looks like one. */
export type Piece = string | Quote;

const QUOTE = /\{\{\s*(args|secrets)\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*\}\}/g;

/** A text as what stands in it literally and what it quotes, in order; no piece is an empty string. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(QUOTE)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ from: match[1] === 'secrets' ? 'secrets' : 'args', path: (match[2] ?? '').split('.') });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** The one quote that a text consists of, or `undefined`. */
export function soleQuote(pieces: readonly Piece[]): Quote | undefined {
  const [first, ...more] = pieces;
  return more.length === 0 && typeof first === 'object' ? first : undefined;
}

/** Names of the arguments that a path quotes as `{name}`. */
export const namesInPath = (path: string): readonly string[] =>
  [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
