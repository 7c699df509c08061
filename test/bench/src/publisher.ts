import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { decodeEnvelope, type PayloadOf } from '@voorman/envelope';
import type { TestServer } from '@voorman/log/testing';
import { PUBLISHER } from './stack.js';

/** An outside publisher: plain NATS and JSON, many sessions in flight. */
export class Publisher {
  readonly #waiting = new Map<string, (answer: PayloadOf<'answer-given'>) => void>();

  private constructor(private readonly connection: NatsConnection) {}

  static async connect(server: TestServer): Promise<Publisher> {
    const connection = await server.connect(PUBLISHER.name);
    const publisher = new Publisher(connection);
    const consumer = await jetstream(connection, { apiPrefix: 'store.api', checkAPI: false }).consumers.get(
      'LOG',
      PUBLISHER.name,
    );
    const messages = await consumer.consume({ max_messages: 500 });
    void (async () => {
      for await (const message of messages) {
        const record = decodeEnvelope(message.subject, message.data);
        message.ack();
        if (record.type === 'answer-given') {
          publisher.#waiting.get(record.correlation_id)?.(record.payload as PayloadOf<'answer-given'>);
        } else throw new Error(`${record.type}: ${JSON.stringify(record.payload)}`);
      }
    })();
    return publisher;
  }

  /** Publishes one task straight to a bot; resolves with its answer. */
  async ask(bot: string, session: string): Promise<PayloadOf<'answer-given'>> {
    const answer = new Promise<PayloadOf<'answer-given'>>((resolve) => this.#waiting.set(session, resolve));
    const envelope = JSON.stringify({
      task_id: 'task-1',
      source_agent: PUBLISHER.name,
      target_agent: bot,
      payload: {},
      correlation_id: session,
      ttl_seconds: 600,
    });
    await this.#publish(`inbox.${PUBLISHER.tenant}.${PUBLISHER.name}.${bot}`, envelope);
    const given = await answer;
    this.#waiting.delete(session);
    return given;
  }

  /** The inbox holds at most 100 messages of a publisher; beyond that it asks to come back. */
  async #publish(subject: string, body: string): Promise<void> {
    for (;;) {
      const reply = await this.connection.request(subject, body, { timeout: 10_000 });
      const { error } = reply.json<{ error?: { err_code: number; description: string } }>();
      if (!error) return;
      if (error.err_code !== 10077) throw new Error(error.description);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
