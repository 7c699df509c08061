import type { Msg } from '@nats-io/nats-core';

/**
 * The last value of a message's header; `undefined` where it is missing or empty. The client's own look-up copies and
 * filters the list of all names each time.
 */
export function headerOf(message: Msg, name: string): string | undefined {
  if (message.headers === undefined) return undefined;
  for (const [key, values] of message.headers) if (key === name) return values.at(-1) || undefined;
  return undefined;
}
