/** A JSON pointer, taken apart; `*` stands for any key or index. */
export type FieldPointer = readonly string[];

/**
 * @param pointer such as `/customer/email` or `/rows/*` + `/phone`; `~1` stands for a slash, `~0` for a tilde.
 * @throws {RangeError} for what does not begin with a slash.
 */
export function fieldPointer(pointer: string): FieldPointer {
  if (!pointer.startsWith('/')) throw new RangeError(`"${pointer}" is not a JSON pointer.`);
  return pointer.slice(1).split('/').map(decoded);
}

const decoded = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
const encoded = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** What is left of the pointers that may still name something below this key. */
export const remaining = (pointers: readonly FieldPointer[], key: string): readonly FieldPointer[] =>
  pointers.length === 0
    ? pointers
    : pointers.filter((pointer) => pointer[0] === '*' || pointer[0] === key).map((pointer) => pointer.slice(1));

/** The most that a record holds of a pointer. Characters. */
const MAX_POINTER = 512;

/** The JSON pointer one level down; what is longer than a record may hold is cut. */
export function childOf(pointer: string, key: string): string {
  const child = `${pointer}/${encoded(key)}`;
  return child.length <= MAX_POINTER ? child : child.slice(0, MAX_POINTER);
}
