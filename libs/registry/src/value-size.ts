/** How deep a value may nest. */
export const MAX_DEPTH = 64;

/** How many values (entries of lists and objects, all levels) one may hold. */
export const MAX_VALUES = 200_000;

/** What is wrong with the size of a value, or `undefined`. Guards what recurses or lists every fault after it. */
export function sizeFault(value: unknown): string | undefined {
  let count = 0;
  const level = (inner: unknown, depth: number): string | undefined => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    if (depth >= MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
    for (const child of Object.values(inner)) {
      count += 1;
      if (count > MAX_VALUES) return `holds more than ${MAX_VALUES} values`;
      const fault = level(child, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return level(value, 0);
}
