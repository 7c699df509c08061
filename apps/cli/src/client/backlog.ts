import { type JetStreamManager, jetstream } from '@nats-io/jetstream';
import { FOREMAN } from '@voorman/envelope';
import { ADVISORY_STREAM, API_PREFIX, INBOX_STREAM, LOG_STREAM } from '@voorman/log/jetstream';
import { z } from 'zod';
import type { Client } from './connection.js';

/** What a service has not handled. */
export interface Backlog {
  /** Records for it that wait or are being handled, over all its replicas. */
  readonly pending: number;
  /** Records that it set aside in the last seven days, because nothing could settle them. */
  readonly quarantined: number;
}

/** How the server names its own word that a record was taken out of a durable. */
const SET_ASIDE = `$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.${LOG_STREAM}`;

const Counts = z.object({ num_pending: z.number(), num_ack_pending: z.number() });
const Subjects = z.record(z.string(), z.int()).default({});

/** The backlog of each of these services and bots, read off its durable and off what the server noted about it. */
export async function backlogs(client: Client, names: readonly string[]): Promise<ReadonlyMap<string, Backlog>> {
  const jsm = await jetstream(client.raw, { apiPrefix: API_PREFIX, checkAPI: false }).jetstreamManager();
  const setAside = await quarantinedOf(jsm);
  const waiting = async (stream: string, durable: string): Promise<number> => {
    const counts = Counts.parse(await jsm.consumers.info(stream, durable));
    return counts.num_pending + counts.num_ack_pending;
  };
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, Backlog]> => {
        // The foreman's inbox counts as its own.
        const inbox = name === FOREMAN ? await waiting(INBOX_STREAM, name) : 0;
        const pending = (await waiting(LOG_STREAM, name)) + inbox;
        return [name, { pending, quarantined: setAside.get(name) ?? 0 }];
      }),
    ),
  );
}

/**
 * By durable. The records themselves say which and why; counting those would mean reading the log, while the server has
 * counted already: a durable lets go of a record unhandled only when it is set aside.
 */
async function quarantinedOf(jsm: JetStreamManager): Promise<ReadonlyMap<string, number>> {
  const { state } = await jsm.streams.info(ADVISORY_STREAM, { subjects_filter: `${SET_ASIDE}.*` });
  const counted = Object.entries(Subjects.parse(state.subjects));
  return new Map(counted.map(([subject, count]) => [subject.slice(SET_ASIDE.length + 1), count]));
}
