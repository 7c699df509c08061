/**
 * The string that begins at `at` in a TypeScript source, with `…` for everything that is filled in; pieces joined by `+`
 * are one. `undefined` where no string begins there.
 */
export function stringAt(source: string, at: number): string | undefined {
  let text: string | undefined;
  for (let from = skipSpace(source, at); ; ) {
    const piece = pieceAt(source, from);
    if (piece === undefined) return text;
    text = (text ?? '') + piece.text;
    const behind = skipSpace(source, piece.end);
    if (source[behind] !== '+') return text;
    from = skipSpace(source, behind + 1);
  }
}

interface Piece {
  readonly text: string;
  /** Just behind the closing quote. */
  readonly end: number;
}

const skipSpace = (source: string, at: number): number => {
  let index = at;
  while (/\s/.test(source[index] ?? '')) index += 1;
  return index;
};

function pieceAt(source: string, start: number): Piece | undefined {
  const quote = source[start];
  if (quote !== "'" && quote !== '`' && quote !== '"') return undefined;
  let text = '';
  for (let at = start + 1; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === quote) return { text, end: at + 1 };
    if (letter === '\\') {
      at += 1;
      text += source[at] ?? '';
    } else if (quote === '`' && letter === '$' && source[at + 1] === '{') {
      at = closingBrace(source, at + 2);
      text += '…';
    } else {
      text += letter;
    }
  }
  return undefined;
}

/** The brace that closes what was opened just before `from`; strings in between are skipped. */
function closingBrace(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; at += 1) {
    const inner = pieceAt(source, at);
    if (inner !== undefined) at = inner.end - 1;
    else if (source[at] === '{') depth += 1;
    else if (source[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return source.length;
}
