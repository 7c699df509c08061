import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, headers, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';

/** What came of an attempt: the bus refused it, or it lies in the log (which does not mean that anybody believes it). */
export type Attempt = 'refused' | 'recorded';

/** A bot that fell into wrong hands: its own credentials, a plain NATS client, and no manners. */
export class Rogue {
  #made = 0;

  private constructor(
    readonly name: string,
    private readonly nats: NatsConnection,
  ) {}

  static async connect(data: string, url: string, name: string): Promise<Rogue> {
    const seed = await readFile(join(data, 'keys', 'users', `${name}.nk`));
    const nats = await connect({
      servers: url,
      inboxPrefix: `_INBOX_${name}`,
      authenticator: nkeyAuthenticator(new Uint8Array(seed.subarray(0, seed.toString().trim().length))),
      ignoreAuthErrorAbort: true,
    });
    return new Rogue(name, nats);
  }

  /** Publishes anything anywhere. */
  async attempt(subject: string, body: unknown): Promise<Attempt> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const known = headers();
    known.set('Nats-Msg-Id', `${this.name}.${crypto.randomUUID()}`);
    try {
      const reply = await this.nats.request(subject, text, { timeout: 1_000, headers: known });
      const { seq, error } = reply.json<{ seq?: number; error?: unknown }>();
      return seq === undefined || error !== undefined ? 'refused' : 'recorded';
    } catch {
      return 'refused'; // by the bus, or nobody is there to answer: either way nothing was recorded
    }
  }

  /** A record that is in good order save for what it says. */
  async write(target: string, session: string, task: string, type: string, payload: object): Promise<Attempt> {
    this.#made += 1;
    return await this.attempt(`log.${target}.default.${session}.${task}.${this.name}`, {
      id: `${this.name}.rogue-${this.#made}`,
      type,
      schema: 1,
      tenant: 'default',
      task_id: task,
      source_agent: this.name,
      target_agent: target,
      payload,
      correlation_id: session,
      ttl_seconds: 60,
      time: new Date().toISOString(),
    });
  }

  close(): Promise<void> {
    return this.nats.close();
  }
}
