import type { Boundary, Recorded } from '@voorman/envelope';
import type { Log } from '@voorman/log';

const PAGE = 1_000;

/** The records of a boundary after a position, in order; while one page is looked at, the next one is under way. */
export async function* recordsOf(log: Log, boundary: Boundary, after = 0): AsyncGenerator<Recorded> {
  let page = await log.read(boundary, after, PAGE);
  for (;;) {
    const last = page.records.at(-1)?.position;
    const next = page.more && last !== undefined ? log.read(boundary, last, PAGE) : undefined;
    // Nobody waits for it if the reader leaves; it then has failed for nobody.
    next?.catch(() => undefined);
    yield* page.records;
    if (next === undefined) return;
    page = await next;
  }
}
