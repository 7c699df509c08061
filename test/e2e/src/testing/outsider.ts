import { connect, type NatsConnection } from '@nats-io/transport-node';

/** What `access --json` prints. */
export interface Access {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly inbox_prefix: string;
  readonly publish: string;
  readonly api_prefix: string;
  readonly stream: string;
  readonly durable: string;
}

export interface ReceivedRecord {
  readonly type: string;
  readonly task_id: string;
  readonly correlation_id: string;
  readonly payload: Record<string, unknown>;
}

/** A plain NATS client that has read what `access` printed, and knows nothing else of us. */
export class Outsider {
  private constructor(
    readonly access: Access,
    readonly nats: NatsConnection,
  ) {}

  static async connect(access: Access): Promise<Outsider> {
    const { url, user, password, inbox_prefix } = access;
    const nats = await connect({ servers: url, user, pass: password, inboxPrefix: inbox_prefix });
    return new Outsider(access, nats);
  }

  /** The six fields, with some of them as wished. */
  envelope(change: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      task_id: `task-${Math.random().toString(36).slice(2)}`,
      source_agent: this.access.user,
      target_agent: 'orchestrator',
      payload: { goal: 'Say what is wrong.' },
      correlation_id: `session-${Math.random().toString(36).slice(2)}`,
      ttl_seconds: 30,
      ...change,
    };
  }

  /** Resolves with the server's reply once the message is stored, or refused by the inbox itself. */
  async publish(body: unknown, target = 'orchestrator', prefix = this.access.publish): Promise<{ error?: unknown }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return (await this.nats.request(`${prefix}.${target}`, text, { timeout: 5_000 })).json();
  }

  /** Takes and acknowledges records until one fits. */
  async next(fits: (record: ReceivedRecord) => boolean, withinMs = 20_000): Promise<ReceivedRecord> {
    const { api_prefix, stream, durable } = this.access;
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      const taken = await this.nats.request(
        `${api_prefix}.CONSUMER.MSG.NEXT.${stream}.${durable}`,
        '{"batch":1,"expires":2000000000}',
        { noMux: true, timeout: 4_000 },
      );
      if (taken.headers?.code) continue;
      const record = taken.json<ReceivedRecord>();
      if (taken.reply !== undefined) await this.nats.request(taken.reply, '+ACK');
      if (fits(record)) return record;
    }
    throw new Error('The record did not come.');
  }

  close(): Promise<void> {
    return this.nats.close();
  }
}
