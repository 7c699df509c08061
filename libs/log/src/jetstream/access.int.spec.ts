import { type JetStreamClient, type JetStreamManager, type JsMsg, jetstream, type StoredMsg } from '@nats-io/jetstream';
import { Objm } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/server.js';

interface Participant {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
}

describe('what everyone needs, the bus allows', () => {
  let server: TestServer;
  const participants = new Map<string, Promise<Participant>>();

  /** Someone of the topology; any refusal that its connection reports fails the test run. */
  const as = (name: string): Promise<Participant> => {
    const known = participants.get(name) ?? arrive(name);
    participants.set(name, known);
    return known;
  };
  const refusals: string[] = [];
  const arrive = async (name: string): Promise<Participant> => {
    const connection = await server.connect(name);
    void (async () => {
      for await (const status of connection.status()) {
        if (status.type === 'error') refusals.push(`${name}: ${status.error.message}`);
      }
    })();
    const js = jetstream(connection, { apiPrefix: 'store.api', checkAPI: false });
    return { connection, js, jsm: await js.jetstreamManager(false) };
  };
  const takeOne = async (name: string, stream: string): Promise<JsMsg> => {
    const consumer = await (await as(name)).js.consumers.get(stream, name);
    const taken = await consumer.next({ expires: 5_000 });
    if (taken === null) throw new Error(`${name} got nothing from ${stream}`);
    expect(await taken.ackAck()).toBe(true);
    return taken;
  };

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    await server.stop();
  });

  it.each(['orchestrator', 'tool-gateway', 'memory', 'journal'])('a bot to address %s', async (target) => {
    const ack = await (await as('sre-bot')).js.publish(`log.${target}.acme.s1.t1.sre-bot`, target);
    expect(ack.stream).toBe('LOG');
  });

  it('a service to address anyone, and a bot to follow and acknowledge what is addressed to it', async () => {
    await (await as('orchestrator')).js.publish('log.review-bot.acme.s1.t2.orchestrator', 'a task');
    const taken = await takeOne('review-bot', 'LOG');
    expect(taken.string()).toBe('a task');
  });

  it('a service to take several records with one request', async () => {
    const { js } = await as('tool-gateway');
    for (const text of ['one', 'two', 'three']) await js.publish('log.policy.acme.s1.t1.tool-gateway', text);
    const consumer = await (await as('policy')).js.consumers.get('LOG', 'policy');
    const texts: string[] = [];
    for await (const taken of await consumer.fetch({ max_messages: 3, expires: 2_000 })) texts.push(taken.string());
    expect(texts).toEqual(['one', 'two', 'three']);
  });

  it('everyone to read the log: its leader, a page of it, and the last of a filter', async () => {
    const { jsm } = await as('review-bot');
    await (await as('tool-gateway')).js.publish('log.journal.acme.s9.t1.tool-gateway', 'read me');
    const filter = 'log.*.acme.s9.t1.*';
    expect((await jsm.streams.getMessage('LOG', { last_by_subj: filter }))?.string()).toBe('read me');
    expect((await jsm.direct.getMessage('LOG', { last_by_subj: filter }))?.string()).toBe('read me');
    const page = await new Promise<StoredMsg[]>((resolve) => {
      const records: StoredMsg[] = [];
      const callback = (done: object | null, record: StoredMsg) => {
        if (done === null) records.push(record);
        else resolve(records);
      };
      void jsm.direct.getBatch('LOG', { seq: 1, next_by_subj: filter, batch: 10, callback });
    });
    expect(page.map((record) => record.string())).toEqual(['read me']);
  });

  it.each(['orchestrator', 'sre-bot'])('%s to set, replace, cancel and follow its timers', async (owner) => {
    const { js, jsm } = await as(owner);
    const set = (key: string, inMs: number) =>
      js.publish(`timer.set.${owner}.acme.s1.t1.${key}`, key, {
        schedule: { specification: new Date(Date.now() + inMs), target: `timer.due.${owner}.acme.s1.t1.${key}` },
      });
    await set('never', 60_000);
    await jsm.streams.purge(`TIMERS_${owner}`, { filter: `timer.set.${owner}.acme.s1.t1.never` });
    await set('soon', 60_000);
    await set('soon', -1_000);
    expect((await takeOne(owner, `TIMERS_${owner}`)).subject).toBe(`timer.due.${owner}.acme.s1.t1.soon`);
    const manager = await (await jetstream(await server.provisioner())).jetstreamManager();
    expect((await manager.streams.info(`TIMERS_${owner}`)).state.messages).toBe(0);
  });

  it.each(['orchestrator', 'sre-bot', 'cli'])('%s to write its own bucket, and others to read it', async (writer) => {
    const bucket = await new Objm((await as(writer)).js).open(`payloads_${writer}`);
    await bucket.put({ name: 'big' }, new Blob(['x'.repeat(300_000)]).stream());
    await bucket.put({ name: 'big' }, new Blob(['content']).stream());
    const reader = await as(writer === 'sre-bot' ? 'review-bot' : 'sre-bot');
    const name = Buffer.from('big').toString('base64url');
    const stream = `OBJ_payloads_${writer}`;
    const last = `$O.payloads_${writer}.M.${name}${'='.repeat((4 - (name.length % 4)) % 4)}`;
    const found = (await reader.jsm.direct.getMessage(stream, { last_by_subj: last }))?.json<{ nuid: string }>();
    const chunk = `$O.payloads_${writer}.C.${found?.nuid}`;
    const content = await reader.jsm.direct.getMessage(stream, { seq: 1, next_by_subj: chunk });
    expect(content?.string()).toBe('content');
  });

  it('policy to publish a bundle, of which everyone hears', async () => {
    const { connection } = await as('sre-bot');
    const heard = new Promise<string>((resolve) => {
      connection.subscribe('live.bundles.>', { callback: (_fault, notice) => resolve(notice.subject) });
    });
    await connection.flush();
    const bucket = await new Objm((await as('policy')).js).open('bundles');
    await bucket.put({ name: 'policy' }, new Blob(['compiled']).stream());
    expect(await heard).toMatch(/^live\.bundles\./);
  });

  it('the operator to publish for any tenant, cancel a session, and look at every durable', async () => {
    const { js, jsm } = await as('cli');
    expect((await js.publish('inbox.default.cli.orchestrator', '{}')).stream).toBe('INBOX');
    expect((await js.publish('log.orchestrator.default.s1.t1.cli', '{}')).stream).toBe('LOG');
    expect((await jsm.consumers.info('LOG', 'sre-bot')).name).toBe('sre-bot');
    expect((await jsm.streams.info('LOG')).config.name).toBe('LOG');
  });

  it('an outside publisher without our library to publish, and to follow the answers of its own tenant only', async () => {
    const { connection } = await as('crm');
    const kept = await connection.request('inbox.acme.crm.sre-bot', '{"task_id":"t"}');
    expect(kept.json()).toMatchObject({ stream: 'INBOX' });
    const { js } = await as('orchestrator');
    await js.publish('log.crm.zenith.s1.t1.orchestrator', 'for somebody else');
    await js.publish('log.crm.acme.s1.t1.orchestrator', 'the answer');

    const pull = JSON.stringify({ batch: 1, expires: 5_000_000_000 });
    const answer = await connection.request('store.api.CONSUMER.MSG.NEXT.LOG.crm', pull, {
      noMux: true,
      timeout: 6_000,
    });
    expect(answer.string()).toBe('the answer');
    await connection.request(answer.reply ?? '', '+ACK');
    const again = await connection.request('store.api.CONSUMER.MSG.NEXT.LOG.crm', '{"batch":1,"no_wait":true}', {
      noMux: true,
      timeout: 1_000,
    });
    expect(again.headers?.code).toBe(404);
  });

  it('the orchestrator to follow the inbox', async () => {
    const { js } = await as('shop');
    await js.publish('inbox.zenith.shop.sre-bot', '{"goal":"x"}');
    const subjects: string[] = [];
    while (!subjects.includes('inbox.zenith.shop.sre-bot')) {
      subjects.push((await takeOne('orchestrator', 'INBOX')).subject);
    }
  });

  it('a publisher a hundred waiting messages per target, and others go on', async () => {
    const { js } = await as('crm');
    const flood = await Promise.allSettled(
      Array.from({ length: 120 }, (_, index) => js.publish('inbox.acme.crm.flooded', String(index))),
    );
    expect(flood.filter((sent) => sent.status === 'fulfilled')).toHaveLength(100);
    const refused = flood.find((sent) => sent.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 10077 });
    expect((await (await as('shop')).js.publish('inbox.zenith.shop.flooded', 'x')).stream).toBe('INBOX');
  });

  it('and none of it was refused in passing', () => {
    expect(refusals).toEqual([]);
  });
});
