import type { Msg } from '@nats-io/nats-core';
import type { Bus } from './bus.js';
import { headerBlock, headerIn, statusIn } from './header.js';
import { NoAnswerError } from './question.js';

/** A message as a stream holds it. */
export interface Stored {
  readonly subject: string;
  readonly position: number;
  /** The server's clock, milliseconds since 1970. */
  readonly atMs: number;
  readonly data: Uint8Array;
  header(name: string): string | undefined;
}

export interface StoredPage {
  /** Oldest first. */
  readonly stored: readonly Stored[];
  readonly more: boolean;
}

export interface PageRequest {
  readonly stream: string;
  readonly filter: string;
  readonly from: number;
  /** At most this many messages; 4 MiB end a page early. */
  readonly size: number;
}

/** Larger pages are read under the lock that appends need, and lie in memory whole. Bytes. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * One page of a stream, from whichever replica answers: it may be a moment behind the leader.
 * @throws {NoAnswerError} after 5 s: a page that stops half-way does not end by itself. @throws {LogForbiddenError}
 */
export async function readPage(bus: Bus, { stream, filter, from, size }: PageRequest): Promise<StoredPage> {
  const stored: Stored[] = [];
  let more = false;
  const question = {
    subject: bus.api(`DIRECT.GET.${stream}`),
    data: JSON.stringify({ seq: from, next_by_subj: filter, batch: size, max_bytes: MAX_PAGE_BYTES }),
    timeoutMs: 5_000,
  };
  await bus.askMany(question, (answer) => {
    const block = headerBlock(answer);
    const { code, words } = statusIn(block);
    if (code === 204 || code === 404) return true;
    if (code !== 0) throw new NoAnswerError(`a read was refused: ${words}`);
    more = Number(headerIn(block, 'Nats-Num-Pending') ?? 0) > 0;
    stored.push(storedIn(answer, block));
    return false;
  });
  return { stored, more };
}

/** Every message of a filter from a position on, page by page. */
export async function* walk(bus: Bus, request: PageRequest): AsyncGenerator<readonly Stored[]> {
  for (let from = request.from; ; ) {
    const page = await bus.patiently(`reading ${request.filter}`, () => readPage(bus, { ...request, from }));
    if (page.stored.length > 0) yield page.stored;
    const last = page.stored.at(-1);
    if (!page.more || last === undefined) return;
    from = last.position + 1;
  }
}

/** The server's headers come last: a writer may have stored some of the same name. */
export function storedIn(answer: Msg, block = headerBlock(answer)): Stored {
  const header = (name: string): string | undefined => headerIn(block, name);
  return {
    subject: header('Nats-Subject') ?? '',
    position: Number(header('Nats-Sequence')),
    atMs: Date.parse(header('Nats-Time-Stamp') ?? ''),
    data: answer.data,
    header,
  };
}
