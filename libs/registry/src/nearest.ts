/** The longest name that is compared; what is longer is no slip of the pen. */
const longest = 64;

/**
 * The known name that `given` was probably meant to be, or `undefined` where none is near: at most a third of its
 * letters differ (a swapped pair counts as one), or one begins with the other.
 */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  if (given.length > longest) return undefined;
  const wanted = simplify(given);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const candidate = simplify(name);
    const shorter = Math.min(candidate.length, wanted.length);
    const isBeginning = shorter >= 3 && (candidate.startsWith(wanted) || wanted.startsWith(candidate));
    const distance = distanceBetween(wanted, candidate);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    const isNear = isBeginning || (distance <= limit && distance < shorter);
    if (isNear && (best === undefined || distance < best.distance)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

/** `maxResults`, `max-results` and `max_results` are one name to whoever mistypes it. */
const simplify = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Edits (insert, delete, replace, swap neighbours) from one word to the other. */
function distanceBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(row, j - 1) + 1,
        at(last, j) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
