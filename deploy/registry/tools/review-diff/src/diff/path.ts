const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, '"': 34, '\\': 92 };

/** Reads a path as git quotes it: `"sp\303\251c.md"` holds UTF-8 bytes as octal escapes. Unquoted text comes back as it is. */
export function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const inner = text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined);
  const pieces: Buffer[] = [];
  for (const [piece] of inner.matchAll(/\\[0-7]{3}|\\.|[^\\]+/g)) {
    if (!piece.startsWith('\\')) pieces.push(Buffer.from(piece));
    else if (piece.length === 4) pieces.push(Buffer.from([Number.parseInt(piece.slice(1), 8) & 0xff]));
    else pieces.push(Buffer.from([escapes[piece.slice(1)] ?? piece.charCodeAt(1)]));
  }
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * The path of a `---` or `+++` line: without the sign, the timestamp that plain diff adds after a tab, and git's `a/`, `b/`.
 * `/dev/null` means that the file does not exist on that side: then `undefined`.
 */
export function headerPath(line: string): string | undefined {
  const text = line.slice(4).replace(/\r$/, '');
  const path = unquote(text.startsWith('"') ? text : (text.split('\t')[0] ?? text)).trimEnd();
  return path === '/dev/null' ? undefined : withoutPrefix(path);
}

/** The new path of a `diff --git a/x b/x` line, for changes that have no `+++` line (renames, modes, binaries). */
export function gitPath(line: string): string {
  const rest = line.slice('diff --git '.length).replace(/\r$/, '');
  const quoted = /"b\/(?:[^"\\]|\\.)*"$/.exec(rest);
  if (quoted) return withoutPrefix(unquote(quoted[0]));
  const half = rest.slice((rest.length + 1) / 2); // both paths are the same, unless the file was renamed
  const at = rest.lastIndexOf(' b/');
  return withoutPrefix(half.startsWith('b/') || at < 0 ? half : rest.slice(at + 1));
}

const withoutPrefix = (path: string): string => path.replace(/^[abciow]\//, '');
