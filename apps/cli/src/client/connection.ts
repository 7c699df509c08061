import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, headers, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { OPERATOR } from '@voorman/envelope';
import { LogUnavailableError } from '@voorman/log';
import { connectLog, inboxPrefix, type LogConnection } from '@voorman/log/jetstream';
import { ControlError } from '../errors.js';
import { memberPaths } from '../stack/bus-certificates.js';
import { readSeed } from '../stack/child.js';
import type { DataFolder } from '../stack/data-folder.js';
import { type ReadyStack, requireStack } from '../stack/state-file.js';

/** The person at this machine on the bus: reads everything, publishes goals, cancels sessions. */
export interface Client {
  readonly stack: ReadyStack;
  readonly bus: LogConnection;
  readonly raw: NatsConnection;
  close(): Promise<void>;
}

/** @throws {NotRunningError} @throws {NotReadyError} @throws {LogUnavailableError} */
export async function openClient(data: DataFolder): Promise<Client> {
  const stack = await requireStack(data);
  const nkeySeed = await readSeed(data, OPERATOR);
  const servers = [stack.nats.url];
  const shown = stack.nats.tls === true ? { tls: memberPaths(data, OPERATOR) } : {};
  const bus = await connectLog({
    servers,
    name: OPERATOR,
    credentials: { nkeySeed },
    connectWithinMs: 5_000,
    ...shown,
  });
  const raw = await connect({
    servers,
    name: OPERATOR,
    inboxPrefix: inboxPrefix(OPERATOR),
    authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeySeed)),
    ...shown,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
  });
  return {
    stack,
    bus,
    raw,
    async close() {
      await Promise.all([bus.close(), raw.close()]);
    },
  };
}

/** Does something as a client, and leaves the bus whatever comes of it. */
export async function withClient<Result>(data: DataFolder, act: (client: Client) => Promise<Result>): Promise<Result> {
  const client = await openClient(data);
  try {
    return await act(client);
  } finally {
    await client.close();
  }
}

const STORE_WITHIN_MS = 20_000;

/**
 * Puts bytes into the inbox; resolves with their position there once they are stored. While no answer comes it tries
 * again; the message's id keeps a copy out.
 * @throws {LogUnavailableError} it could not be stored in time. @throws {ControlError} the inbox refuses it.
 */
export async function putIntoInbox(
  raw: NatsConnection,
  tenant: string,
  target: string,
  body: Uint8Array,
): Promise<number> {
  const known = headers();
  known.set('Nats-Msg-Id', `${OPERATOR}.${randomUUID()}`);
  const deadline = Date.now() + STORE_WITHIN_MS;
  for (;;) {
    try {
      const reply = await raw.request(`inbox.${tenant}.${OPERATOR}.${target}`, body, {
        timeout: 2_000,
        headers: known,
      });
      const stored = reply.json<{ seq?: number; error?: { description?: string } }>();
      if (stored.seq !== undefined) return stored.seq;
      throw new ControlError(
        `The inbox did not take the envelope: ${stored.error?.description ?? 'no reason given'}.`,
        'Wait until the orchestrator has taken what lies there, then publish it again.',
      );
    } catch (fault) {
      if (fault instanceof ControlError) throw fault;
      if (Date.now() > deadline) throw new LogUnavailableError('storing the envelope in the inbox', { cause: fault });
      await pause(250);
    }
  }
}
