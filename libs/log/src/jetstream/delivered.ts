import type { Msg } from '@nats-io/nats-core';
import { headerBlock, headerIn } from './header.js';
import type { Stored } from './pages.js';

/** A message that a durable consumer gave to this process. */
export interface Delivered extends Stored {
  /** 1 for the first time. */
  readonly count: number;
  /** Which of all deliveries of its consumer this is, whoever they went to. */
  readonly sequence: number;
  /** Whether it was settled: acknowledged, handed back or ended. */
  readonly settled: boolean;
  settle(settlement: Settlement): void;
  /** Tells the server that work goes on, so that nobody else gets it. */
  working(): void;
}

/** What becomes of a delivery. */
export type Settlement =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number }
  /** Never again; the reason is kept by the server's advisory. */
  | { readonly kind: 'never'; readonly reason: string };

/** `undefined` where the message came from no consumer. */
export function deliveredIn(message: Msg): Delivered | undefined {
  // $JS.ACK.<stream>.<consumer>.<deliveries>.<position>.<consumer's own count>.<nanoseconds>.<pending>
  const [head, kind, , , count, position, sequence, nanoseconds] = message.reply?.split('.') ?? [];
  if (head !== '$JS' || kind !== 'ACK' || nanoseconds === undefined) return undefined;
  let settled = false;
  let block: string | undefined;
  const data = message.data;
  return {
    subject: message.subject,
    position: Number(position),
    atMs: Number(nanoseconds.slice(0, -6)),
    data,
    header(name) {
      block ??= headerBlock(message);
      return headerIn(block, name);
    },
    count: Number(count),
    sequence: Number(sequence),
    get settled() {
      return settled;
    },
    settle(settlement) {
      if (settled) return;
      settled = true;
      message.respond(wordsOf(settlement));
    },
    working() {
      if (!settled) message.respond('+WPI');
    },
  };
}

function wordsOf(settlement: Settlement): string {
  switch (settlement.kind) {
    case 'done':
      return '+ACK';
    case 'again':
      return settlement.afterMs > 0 ? `-NAK {"delay": ${Math.ceil(settlement.afterMs) * 1_000_000}}` : '-NAK';
    case 'never':
      return `+TERM ${settlement.reason}`;
  }
}
