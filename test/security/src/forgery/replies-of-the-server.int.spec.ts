import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { sharedAccount, startTestServer, type TestServer } from '@voorman/log/testing';
import { afterEach, describe, expect, it } from 'vitest';

/** A request that the bot may make, so that the server answers it. */
interface Question {
  readonly subject: string;
  readonly body?: string;
}

const own = 'log.journal.acme.s1.t1.sre-bot';
const forged = 'log.review-bot.acme.s1.t1.orchestrator';
const body = '{"type":"task-requested","by":"a forger"}';
const lastOwn = JSON.stringify({ last_by_subj: own });
const pull = JSON.stringify({ batch: 1, no_wait: true });

const questions = (api: string): Question[] => [
  { subject: `${api}.DIRECT.GET.LOG`, body: lastOwn },
  { subject: `${api}.DIRECT.GET.LOG`, body: JSON.stringify({ multi_last: [own] }) },
  { subject: `${api}.DIRECT.GET.LOG.${own}` },
  { subject: `${api}.STREAM.MSG.GET.LOG`, body: lastOwn },
  { subject: `${api}.CONSUMER.MSG.NEXT.LOG.sre-bot`, body: pull },
  { subject: `${api}.CONSUMER.INFO.LOG.sre-bot` },
  { subject: `${api}.STREAM.INFO.OBJ_payloads_sre-bot` },
  { subject: `${api}.STREAM.PURGE.TIMERS_sre-bot` },
  { subject: '$JS.ACK.LOG.sre-bot.1.1.1.1700000000000000000.0', body: '+ACK' },
  { subject: '$JS.ACK.LOG.sre-bot.1.1.1.1700000000000000000.0', body: '+NXT' },
  { subject: own, body },
  { subject: 'timer.set.sre-bot.acme.s1.t1.x', body },
  { subject: '$O.payloads_sre-bot.C.x', body },
];

/** Where an answer would do harm. */
const replies = (api: string): string[] => [
  forged,
  `${api}.STREAM.DELETE.LOG`,
  `${api}.STREAM.PURGE.LOG`,
  `${api}.CONSUMER.DELETE.LOG.orchestrator`,
  `${api}.STREAM.PURGE.TIMERS_orchestrator`,
  'timer.set.orchestrator.acme.s1.t1.ttl',
  '$O.payloads_orchestrator.C.x',
  '$O.bundles.C.x',
  'inbox.acme.crm.orchestrator',
  '$JS.ACK.LOG.orchestrator.1.1.1.1700000000000000000.0',
];

/** Everything that is not the bot's, and that its answers might reach. */
async function othersBelongings(manager: JetStreamManager) {
  const held = async (stream: string) => (await manager.streams.info(stream)).state.messages;
  const records = (await manager.streams.info('LOG', { subjects_filter: 'log.*.*.*.*.orchestrator' })).state.subjects;
  return {
    records: records ?? {},
    waiting: (await manager.consumers.info('LOG', 'orchestrator')).num_ack_pending,
    timers: await held('TIMERS_orchestrator'),
    payloads: await held('OBJ_payloads_orchestrator'),
    bundles: await held('OBJ_bundles'),
    inbox: await held('INBOX'),
  };
}

/** Something that the bot may read, and something of the orchestrator's to spoil. */
async function fill(server: TestServer): Promise<JetStreamManager> {
  const connection = await server.provisioner();
  const js = jetstream(connection);
  await js.publish(own, body);
  for (const target of ['sre-bot', 'sre-bot', 'orchestrator'])
    await js.publish(`log.${target}.acme.s1.t1.orchestrator`, '1');
  await js.publish('timer.due.orchestrator.acme.s1.t1.due', 'x');
  await js.publish('$O.payloads_orchestrator.C.y', 'x');
  const consumer = await js.consumers.get('LOG', 'orchestrator');
  await consumer.next();
  return await jetstreamManager(connection);
}

/** Sends it, and waits until the server has dealt with it and with what it sent itself. */
async function ask(connection: NatsConnection, { subject, body = '' }: Question, reply: string): Promise<void> {
  connection.publish(subject, body, { reply });
  await connection.flush();
}

describe('an answer of the server', () => {
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.stop();
  });

  it.each([
    ['the same account', 'store.api'],
    ['the account of the streams', '$JS.API'],
  ])('does nothing under any reply subject of %s', async (_account, api) => {
    server = await startTestServer();
    const manager = await fill(server);
    const before = await othersBelongings(manager);
    const bot = await server.connect('sre-bot');

    for (const question of questions('store.api')) for (const reply of replies(api)) await ask(bot, question, reply);

    // One that is meant to be answered, behind all of them.
    await jetstream(bot, { apiPrefix: 'store.api', checkAPI: false }).publish(own, 'last');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await othersBelongings(manager)).toEqual(before);
  });

  it('does nothing under any reply subject of an outside publisher', async () => {
    server = await startTestServer();
    const manager = await fill(server);
    const before = await othersBelongings(manager);
    const crm = await server.connect('crm');
    const asked: Question[] = [
      { subject: 'store.api.CONSUMER.INFO.LOG.crm' },
      { subject: 'store.api.CONSUMER.MSG.NEXT.LOG.crm', body: pull },
      { subject: '$JS.ACK.LOG.crm.1.1.1.1700000000000000000.0', body: '+NXT' },
    ];
    for (const question of asked) {
      for (const reply of [...replies('store.api'), ...replies('$JS.API'), 'inbox.zenith.shop.orchestrator']) {
        await ask(crm, question, reply);
      }
    }

    // One that is meant to be answered, behind all of them.
    await crm.request('inbox.acme.crm.orchestrator', '{}');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await othersBelongings(manager)).toEqual({ ...before, inbox: before.inbox + 1 });
  });

  describe('in an account that streams and bots share', () => {
    const shared = () =>
      startTestServer({ config: (options) => ({ ...options, accounts: sharedAccount(options.accounts) }) });

    it('is a record in another’s name, a timer, a bundle or a message of another’s, whatever was asked', async () => {
      server = await shared();
      const manager = await fill(server);
      const before = await othersBelongings(manager);
      const bot = await server.connect('sre-bot');

      for (const question of questions('$JS.API')) {
        for (const reply of replies('$JS.API').filter((to) => !to.startsWith('$JS'))) await ask(bot, question, reply);
      }

      await expect
        .poll(() => manager.streams.getMessage('LOG', { last_by_subj: forged }).then((record) => record?.subject))
        .toBe(forged);
      const after = await othersBelongings(manager);
      for (const what of ['timers', 'payloads', 'bundles', 'inbox'] as const) {
        expect.soft(after[what], what).toBeGreaterThan(before[what]);
      }
    });

    it('has the body that the bot chose', async () => {
      server = await shared();
      const manager = await fill(server);
      await ask(await server.connect('sre-bot'), { subject: '$JS.API.DIRECT.GET.LOG', body: lastOwn }, forged);
      await expect
        .poll(() => manager.streams.getMessage('LOG', { last_by_subj: forged }).then((record) => record?.string()))
        .toBe(body);
    });

    it('deletes the log', async () => {
      server = await shared();
      const manager = await fill(server);
      const question = { subject: '$JS.API.DIRECT.GET.LOG', body: JSON.stringify({ multi_last: [own] }) };
      await ask(await server.connect('sre-bot'), question, '$JS.API.STREAM.DELETE.LOG');
      await expect
        .poll(() => manager.streams.info('LOG').catch((fault: Error) => fault.message))
        .toBe('stream not found');
    });
  });
});
