const ADDRESS =
  /(?<![\d.\w])(?:\d{1,3}\.){3}\d{1,3}(?::\d{2,5})?(?![\d.]\d)|\b[a-z][\w-]*(?:\.[\w-]+)*\.?[a-z][\w-]*:\d{2,5}\b(?!:)/gi;
const MIN_LINES = 6;
const MIN_SHARE = 0.6;

export interface CommonAddress {
  readonly address: string;
  readonly lines: number;
  readonly of: number;
}

const LOOPBACK = /^(?:127\.|0\.0\.0\.0|localhost)/;

/**
 * The address (with its port, if it has always one) that stands in most of the lines: a client, an upstream, a database.
 * @param control other lines of the log: an address that most of them share too, as behind a proxy, is not told.
 */
export function commonAddress(lines: readonly string[], control: readonly string[] = []): CommonAddress | undefined {
  if (lines.length < MIN_LINES) return undefined;
  const counts = new Map<string, number>();
  for (const line of lines) {
    const found = new Set<string>();
    for (const [address] of line.matchAll(ADDRESS)) {
      found.add(address);
      const host = address.slice(0, address.lastIndexOf(':'));
      if (host !== '') found.add(host);
    }
    for (const address of found) if (!LOOPBACK.test(address)) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  // Of two that are equally common the longer one says more: 10.0.0.5:8080 rather than 10.0.0.5.
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || b[0].length - a[0].length);
  if (best === undefined) return undefined;
  const elsewhere = control.filter((line) => line.includes(best[0])).length;
  if (control.length >= 3 && elsewhere >= control.length * MIN_SHARE) return undefined;
  return best[1] >= lines.length * MIN_SHARE ? { address: best[0], lines: best[1], of: lines.length } : undefined;
}
