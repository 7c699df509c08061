import { AckPolicy, type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Token } from '@voorman/envelope';

/** What we say about a durable consumer; whatever is left out stays the server's default. */
export type ConsumerDefinition = Partial<ConsumerConfig> & { durable_name: string; filter_subject: string };

/** A holder that is silent for so long is taken for dead and its record goes to another. Milliseconds. */
const ACK_WAIT_MS = 2_500;
/** The same for outside publishers, whose clients do not tell that they are still at work. Milliseconds. */
const PUBLISHER_ACK_WAIT_MS = 30_000;

/**
 * A durable that starts at the beginning of its stream and never gives up on a record: we decide what is poison.
 * `max_ack_pending` is the sum over all replicas of what they hold and buffer.
 */
const durable = (name: string, filter: string, ackWaitMs: number): ConsumerDefinition => ({
  durable_name: name,
  filter_subject: filter,
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  ack_wait: nanos(ackWaitMs),
  max_deliver: -1,
  max_ack_pending: 512,
});

/** Where a service, bot or the operator follows the records that are addressed to it. */
export const logConsumer = (name: Token): ConsumerDefinition => durable(name, `log.${name}.>`, ACK_WAIT_MS);

/** Where an outside publisher follows its answers: those of its own tenant only. */
export const answersConsumer = (publisher: Token, tenant: Token): ConsumerDefinition =>
  durable(publisher, `log.${publisher}.${tenant}.>`, PUBLISHER_ACK_WAIT_MS);

/** Where the orchestrator follows the inbox. */
export const inboxConsumer = (reader: Token): ConsumerDefinition => durable(reader, 'inbox.*.*.*', ACK_WAIT_MS);

/** Where a service follows its own due timers. */
export const timersConsumer = (owner: Token): ConsumerDefinition => durable(owner, `timer.due.${owner}.>`, ACK_WAIT_MS);
