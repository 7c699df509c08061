/** How much of a given value is shown. Characters. */
const shownChars = 60;

/** Values under such names are described, never shown. */
const secretName = /pass(word|wd|phrase)|secret|token|api_?-?key|credential|authori[sz]ation|private|cookie|bearer/i;

/** What looks like a key wherever it stands: 20 or more letters and digits in one piece, or a password in an address. */
const secretLooks = [/[A-Za-z0-9+/_=-]{20,}/g, /(?<=:\/\/)[^/\s@]+(?=@)/g];

/** A given value in a sentence: shortened, on one line, and without what may be a secret. */
export function shown(value: unknown, where: { readonly path: readonly string[]; readonly isSecret: boolean }): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (where.isSecret || where.path.some((key) => secretName.test(key)))
    return `a ${typeof value} that is not shown here`;
  if (typeof value !== 'string') return String(value);
  // Shortened first: no pattern runs over a text of any length.
  const start = value.slice(0, 4 * shownChars);
  const veiled = secretLooks.reduce((text, looks) => text.replace(looks, '…'), start);
  return JSON.stringify(
    veiled.length > shownChars || value.length > start.length ? `${veiled.slice(0, shownChars)}…` : veiled,
  );
}

/** A given name in a sentence: as it is where it is plain, else quoted and shortened. */
export const shownName = (name: string): string =>
  /^[A-Za-z0-9_.-]{1,64}$/.test(name)
    ? name
    : JSON.stringify(name.length > shownChars ? `${name.slice(0, shownChars)}…` : name);
