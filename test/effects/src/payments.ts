import { randomUUID } from 'node:crypto';
import { type Draft, idempotencyKey, type Recorded, sealDraft, writtenBy } from '@voorman/envelope';
import { readAll } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { type Bank, openBank } from './bank.js';
import { Gateways } from './gateways.js';

const BOT = 'sre-bot';

interface PaymentOptions {
  /** Over how many sessions the payments are spread. */
  readonly sessions: number;
  /** How long the bank takes at most to answer. Milliseconds. */
  readonly answerWithinMs: number;
  /** Environment of the gateways, beside addresses and key. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A bank behind three gateways that can be killed, and a bot whose tasks let it pay. */
export class Payments {
  readonly #ends: (() => Promise<unknown> | undefined)[] = [];

  private constructor(
    private readonly sessions: number,
    readonly bank: Bank,
    readonly gateways: Gateways,
    private readonly foreman: LogConnection,
    private readonly bot: LogConnection,
  ) {}

  /** Starts everything and gives the bot its tasks. Whatever fails on the way, nothing is left running. */
  static async open({ sessions, answerWithinMs, env = {} }: PaymentOptions): Promise<Payments> {
    const ends: (() => Promise<unknown>)[] = [];
    try {
      const server = await startTestServer();
      ends.push(() => server.stop());
      const bank = await openBank(answerWithinMs);
      ends.push(() => bank.stop());
      const [foreman, bot] = [await connectAs(server, 'orchestrator'), await connectAs(server, BOT)];
      ends.push(() => Promise.all([foreman.close(), bot.close()]));
      const addresses = { NATS_URL: server.url, NKEY_SEED: seedOf(server, 'tool-gateway'), BANK_URL: bank.url };
      const gateways = new Gateways({ ...addresses, ...env });
      ends.push(() => gateways.stop());
      await gateways.start(3);
      const payments = new Payments(sessions, bank, gateways, foreman, bot);
      await payments.#delegate();
      payments.#ends.push(...ends);
      return payments;
    } catch (fault) {
      for (const end of ends.reverse()) await end();
      throw fault;
    }
  }

  async close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }

  /** The bot asks for a payment; resolves when that is on record. */
  pay(call: number): Promise<number> {
    const session = call % this.sessions;
    const payload = {
      ...({ state: 'EXECUTE', call_id: `c${call}`, tool: 'pay', step: 's' } as const),
      arguments: { amount: call },
    };
    return say(this.bot, BOT, session, { type: 'tool-requested', target: 'tool-gateway', payload });
  }

  /** Somebody asked the bank what became of a call, and says so. */
  settle({ correlation_id, payload }: Recorded<'tool-started'>, happened: boolean): Promise<number> {
    const word = { call_id: payload.call_id, agent: BOT, happened, because: 'The bank says so.', settled_by: 'ada' };
    const draft: Draft = { type: 'settlement-requested', target: 'tool-gateway', payload: word };
    return say(this.foreman, 'orchestrator', Number(correlation_id.slice(SESSION.length)), draft);
  }

  /** Everything that gateways recorded, oldest first. */
  records(): Promise<Recorded[]> {
    return readAll(this.foreman.log, writtenBy('tool-gateway'));
  }

  /** The key under which the bank knows a call that a record speaks of. */
  keyOf({ tenant, correlation_id: session }: Recorded, callId: string): string {
    return idempotencyKey({ tenant, session, bot: BOT, callId });
  }

  async #delegate(): Promise<void> {
    const decision = { action: 'task_delegate', allow: true, reasons: [], bundle: 'all', latency_us: 1 };
    for (let session = 0; session < this.sessions; session += 1) {
      const delegation = { on_behalf_of: 'cli', root_task_id: `t${session}`, decision };
      const draft: Draft = { type: 'task-requested', target: BOT, payload: { action: 'pay', delegation } };
      await say(this.foreman, 'orchestrator', session, draft);
    }
  }
}

const SESSION = 'pay-';

/** Records a draft in the one task of a session. */
function say(as: LogConnection, source: string, session: number, draft: Draft): Promise<number> {
  const seal = { source, tenant: 'default', session: `${SESSION}${session}`, task: `t${session}`, ttlSeconds: 600 };
  return as.log.append(sealDraft(draft, { ...seal, id: randomUUID(), atMs: Date.now() }));
}

function seedOf(server: TestServer, name: string): string {
  const credentials = server.credentialsFor(name);
  if (!('nkeySeed' in credentials)) throw new Error(`${name} is no service`);
  return credentials.nkeySeed;
}

const connectAs = (server: TestServer, name: string): Promise<LogConnection> =>
  connectLog({ servers: [server.url], name, credentials: { nkeySeed: seedOf(server, name) } });
