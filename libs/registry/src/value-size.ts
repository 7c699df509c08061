/** How deep a value may nest. */
const MAX_DEPTH = 64;

/** How many values (entries of lists and objects, all levels) one may hold. */
const MAX_VALUES = 200_000;

/** What a value consists of, all levels together. */
export interface ValueSize {
  /** Entries of lists and objects. */
  readonly values: number;
  /** Of texts; names of fields left out. */
  readonly characters: number;
}

/** The size of a value; a sentence's end where it is too much. Guards what recurses or lists every fault after it. */
export function sizeOf(value: unknown): ValueSize | string {
  let values = 0;
  let characters = 0;
  const level = (inner: unknown, depth: number): string | undefined => {
    if (typeof inner === 'string') characters += inner.length;
    if (typeof inner !== 'object' || inner === null) return undefined;
    if (depth >= MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
    for (const child of Object.values(inner)) {
      values += 1;
      if (values > MAX_VALUES) return `holds more than ${MAX_VALUES} values`;
      const fault = level(child, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return level(value, 0) ?? { values, characters };
}
