import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { decodeEnvelope, type PayloadOf } from '@voorman/envelope';
import type { TestServer } from '@voorman/log/testing';

export type Answer = PayloadOf<'answer-given'>;

/** What a publisher asks: the six fields without those that it fills in itself. */
export interface Question {
  readonly target: string;
  readonly session: string;
  readonly task?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly ttlSeconds?: number;
}

/** An outside publisher: plain NATS and JSON, many sessions in flight, patient with a server that is away. */
export class Publisher {
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #inbox: JetStreamClient;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly name: string,
    private readonly tenant: string,
  ) {
    this.#inbox = jetstream(connection, { checkAPI: false });
  }

  /** Connects as one of the topology's publishers and follows its answers with its durable. */
  static async connect(server: TestServer, name: string, tenant: string): Promise<Publisher> {
    const connection = await server.connect(name, { maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    const publisher = new Publisher(connection, name, tenant);
    const js = jetstream(connection, { apiPrefix: 'store.api', checkAPI: false });
    const messages = await (await js.consumers.get('LOG', name)).consume({ max_messages: 500 });
    void (async () => {
      for await (const message of messages) {
        const record = decodeEnvelope(message.subject, message.data);
        message.ack();
        // Only the first answer to a question resolves it; a test reads the log to see that there is no second.
        if (record.type === 'answer-given') publisher.#waiting.get(record.correlation_id)?.(record.payload as Answer);
        else throw new Error(`${record.type}: ${JSON.stringify(record.payload)}`);
      }
    })();
    return publisher;
  }

  get serverVersion(): string {
    return this.connection.info?.version ?? 'unknown';
  }

  /** Publishes one envelope; resolves with its answer. */
  async ask(question: Question): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(question.session, resolve));
    await this.publish(question);
    const given = await answer;
    this.#waiting.delete(question.session);
    return given;
  }

  /** Resolves once the inbox has it. Repeated under the same message id until then, so it is there once. */
  async publish({ target, session, task = 'task-1', payload = {}, ttlSeconds = 600 }: Question): Promise<void> {
    const envelope = JSON.stringify({
      task_id: task,
      source_agent: this.name,
      target_agent: target,
      payload,
      correlation_id: session,
      ttl_seconds: ttlSeconds,
    });
    const untilMs = Date.now() + 60_000;
    for (let waitMs = 10; ; waitMs = Math.min(2 * waitMs, 160)) {
      try {
        await this.#inbox.publish(`inbox.${this.tenant}.${this.name}.${target}`, envelope, {
          msgID: `${session}.${task}`,
          timeout: 2_000,
        });
        return;
      } catch (fault) {
        // The inbox holds at most 100 messages of a publisher, and the server may be away: both pass.
        if (Date.now() > untilMs) throw fault;
        // Not all at once again: a crowd that comes back every 10 ms is a load of its own.
        await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random())));
      }
    }
  }
}
