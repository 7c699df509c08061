import type { Claim, Request } from './input.ts';
import { linesOf } from './lines.ts';

export interface Mismatch {
  readonly source: string;
  readonly line: number;
  /** A sentence. */
  readonly reason: string;
}

export interface Verification {
  /** True if every claim holds; also true for no claims at all. */
  readonly ok: boolean;
  readonly checked: number;
  /** At most 100 are listed, so that the answer stays small; `ok` and `checked` speak of all. */
  readonly mismatches: readonly Mismatch[];
}

/** Texts of about this length or longer may be cut: analyze_logs cites 400 characters, 60 where an answer must be short. */
const CUT_FROM_CHARS = 60;
const MAX_LISTED = 100;

/**
 * Looks up every claim in its file.
 * @throws {ToolFailure} for a file that cannot be read.
 */
export async function verify({ files, claims }: Request): Promise<Verification> {
  const mismatches: Mismatch[] = [];
  for (const [source, claimed] of Map.groupBy(claims, (claim) => claim.source)) {
    const file = files.get(source);
    const numbers = new Set(claimed.map(({ line }) => line).filter((line) => Number.isSafeInteger(line) && line > 0));
    const lines = file === undefined || numbers.size === 0 ? undefined : await linesOf(file, numbers);
    for (const claim of claimed) {
      const reason =
        file === undefined ? `No attached file is named "${source}".` : judge(claim, lines?.get(claim.line));
      if (reason !== undefined) mismatches.push({ source, line: claim.line, reason });
    }
  }
  return { ok: mismatches.length === 0, checked: claims.length, mismatches: mismatches.slice(0, MAX_LISTED) };
}

/** What the gateway leaves in place of a secret or of personal data: it stands for anything. */
const TAKEN_OUT = /\[redacted:[a-z0-9-]{1,64}\]/;

/**
 * Undefined if the claim holds. Blanks at the end do not count; long texts may be the beginning of their line; what was
 * taken out of a text is not compared, what is left of it is.
 */
function judge({ line, text }: Claim, actual: string | undefined): string | undefined {
  if (!Number.isSafeInteger(line) || line < 1) return `${line} is not a line number.`;
  if (actual === undefined) return `The file has no line ${line}.`;
  if (actual.trimEnd() === text.trimEnd()) return undefined;
  const beginning = text.endsWith('…') ? text.slice(0, -1) : text;
  if (beginning.length >= CUT_FROM_CHARS - 1 && actual.startsWith(beginning)) return undefined;
  if (isWithout(actual, beginning.trimEnd())) return undefined;
  return `Line ${line} reads differently: "${actual.slice(0, 120)}".`;
}

/** True where the pieces between what was taken out stand in the line, in order, from its beginning to its end. */
function isWithout(actual: string, text: string): boolean {
  const [first = '', ...others] = text.split(TAKEN_OUT);
  const last = others.pop();
  if (last === undefined || !actual.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = actual.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  if (text.length >= CUT_FROM_CHARS - 1) return actual.indexOf(last, at) !== -1;
  return actual.trimEnd().endsWith(last) && actual.trimEnd().length - last.length >= at;
}
