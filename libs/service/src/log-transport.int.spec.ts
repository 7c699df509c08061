import { type Draft, sealDraft, sessionStory } from '@voorman/envelope';
import { LogUnavailableError, PoisonRecordError } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createService } from './create-service.js';
import { operatorLog } from './journal-lines.js';
import { LogTransport } from './log-transport.js';
import { ServiceMetrics } from './metrics.js';
import { uuids } from './surroundings.js';
import { type Ears, sampleModule } from './testing/sample-service.js';

let server: TestServer;
const connections: LogConnection[] = [];
const open: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await server?.stop();
});

async function connect(name: string): Promise<LogConnection> {
  const connection = await connectLog({ servers: [server.url], name, credentials: server.credentialsFor(name) });
  connections.push(connection);
  return connection;
}

/** A service of that name that listens with these ears. */
async function listen(name: string, ears: Ears, graceMs = 5_000) {
  const connection = await connect(name);
  const log = operatorLog(name, 'silent');
  const metrics = new ServiceMetrics();
  const transport = new LogTransport({ connection, log, metrics, graceMs });
  const service = await createService(sampleModule(ears), transport, log);
  await service.listen();
  const close = () => service.close();
  open.push(close);
  return { connection, transport, close, metrics: () => metrics.registry.metrics() };
}

/** Appends a record to a bot, as the orchestrator. */
async function append(draft: Draft, session = 's'): Promise<void> {
  const orchestrator = await connect('orchestrator');
  const seal = { source: 'orchestrator', tenant: 'acme', session, task: 't', ttlSeconds: 60 };
  await orchestrator.log.append(sealDraft(draft, { ...seal, id: uuids.next(), atMs: Date.now() }));
}
const task = (target: string, goal: string): Draft => ({ type: 'task-requested', target, payload: { goal } });
/** A promise with its resolver, to wait for what a handler hears. */
const waited = <T>() => Promise.withResolvers<T>();

describe('the log transport', () => {
  it('wakes the handler of a record type, with the record and its delivery', async () => {
    const heard = waited<unknown>();
    const { metrics } = await listen('sre-bot', { taskRequested: (wake) => heard.resolve(wake) });
    await append(task('sre-bot', 'wake'));
    expect(await heard.promise).toMatchObject({
      record: { type: 'task-requested', payload: { goal: 'wake' }, source_agent: 'orchestrator' },
      delivery: { count: 1 },
    });
    await expect.poll(metrics).toContain('voorman_records_handled_total{type="task-requested",result="done"} 1');
  });

  it('brings a record again whose handler threw', async () => {
    const counts: number[] = [];
    const again = waited<void>();
    const { metrics } = await listen('sre-bot', {
      taskRequested: ({ delivery }) => {
        counts.push(delivery.count);
        if (counts.length === 1) throw new Error('not now');
        again.resolve();
      },
    });
    await append(task('sre-bot', 'throw'));
    await again.promise;
    expect(counts).toEqual([1, 2]);
    expect(await metrics()).toContain('result="handed-back"} 1');
  });

  it('keeps a record in hand while its handler says that the log is away: an outage uses up no delivery', async () => {
    const counts: number[] = [];
    const again = waited<void>();
    const { metrics } = await listen('sre-bot', {
      taskRequested: ({ delivery }) => {
        counts.push(delivery.count);
        if (counts.length < 3) throw new LogUnavailableError('for a moment');
        again.resolve();
      },
    });
    await append(task('sre-bot', 'outage'));
    await again.promise;
    expect(counts).toEqual([1, 1, 1]);
    expect(await metrics()).toContain('result="kept"} 2');
    expect(await metrics()).not.toContain('result="handed-back"');
  });

  it('sets a record aside at once when its handler says that no repetition can help', async () => {
    const { connection } = await listen('sre-bot', {
      taskRequested: () => Promise.reject(new PoisonRecordError('Nothing helps.')),
    });
    await append(task('sre-bot', 'poison'), 's-poison');
    const story = sessionStory('acme', 's-poison');
    await expect
      .poll(async () => (await connection.log.read(story, 0)).records.at(-1))
      .toMatchObject({
        type: 'record-quarantined',
        payload: { deliveries: 1, reason: expect.stringContaining('Nothing helps.') },
      });
  });

  it('acknowledges a record that nobody here handles, instead of getting it again and again', async () => {
    const { transport } = await listen('sre-bot', {});
    await append({ type: 'task-cancelled', target: 'sre-bot', payload: { reason: 'enough' } });
    await expect.poll(() => unsettled('sre-bot'), { timeout: 5_000 }).toBe(0);
    expect(transport.held).toBe(0);
  });

  it('wakes the handler of due timers, and of messages from outside', async () => {
    const due = waited<unknown>();
    const message = waited<unknown>();
    const { connection } = await listen('orchestrator', {
      timerDue: (timer) => due.resolve(timer),
      inboxMessage: (given) => message.resolve(given),
    });
    const key = { tenant: 'acme', session: 's', task: 't', purpose: 'ttl' };
    await connection.timers.set(key, Date.now() + 50);
    expect(await due.promise).toMatchObject(key);

    const crm = await server.connect('crm');
    crm.publish('inbox.acme.crm.sre-bot', '{"task_id":"t"}');
    const { body, ...address } = (await message.promise) as { body: Uint8Array };
    expect(address).toMatchObject({ tenant: 'acme', publisher: 'crm', target: 'sre-bot' });
    expect(new TextDecoder().decode(body)).toBe('{"task_id":"t"}');
  });

  it('wakes the handler for what was given up: a timer, or a message from outside, that nothing can settle', async () => {
    const poison = () => Promise.reject(new PoisonRecordError('Nothing helps.'));
    const timer = waited<unknown>();
    const message = waited<unknown>();
    const { connection, metrics } = await listen('orchestrator', {
      timerDue: poison,
      timerGivenUp: (given) => timer.resolve(given),
      inboxMessage: poison,
      inboxGivenUp: (given) => message.resolve(given),
    });
    const key = { tenant: 'acme', session: 's', task: 'lost', purpose: 'ttl' };
    await connection.timers.set(key, Date.now() + 50);
    const why = { consumer: 'orchestrator', deliveries: 1, reason: expect.stringContaining('Nothing helps.') };
    expect(await timer.promise).toMatchObject({ item: key, why });
    const crm = await server.connect('crm');
    crm.publish('inbox.acme.crm.sre-bot', 'hopeless');
    expect(await message.promise).toMatchObject({ item: { publisher: 'crm' }, why });
    await expect.poll(metrics).toContain('voorman_records_handled_total{type="inbox-given-up",result="done"} 1');
  });

  it('says in our words what Nest cannot have of it', async () => {
    const { transport } = await listen('sre-bot', {});
    expect(() => transport.on()).toThrow(expect.objectContaining({ code: 'service/unsupported-transport' }));
  });

  it('lets handlers finish when it closes, and takes nothing more', async () => {
    const begun = waited<void>();
    const finish = waited<void>();
    const heard: string[] = [];
    const { close, transport, metrics } = await listen('review-bot', {
      taskRequested: async ({ record }) => {
        begun.resolve();
        await finish.promise;
        heard.push(record.payload.goal ?? '');
      },
    });
    await append(task('review-bot', 'first'), 's-drain');
    await begun.promise;
    expect(transport.held).toBe(1);
    expect(await metrics()).toContain('voorman_records_held 1');
    const closed = close();
    await append(task('review-bot', 'second'), 's-drain-later');
    finish.resolve();
    await closed;
    expect(heard).toEqual(['first']);
    expect(transport.held).toBe(0);

    const next = waited<unknown>();
    await listen('review-bot', { taskRequested: ({ record }) => next.resolve(record.payload.goal) });
    expect(await next.promise).toBe('second');
  });
});

interface Consumer {
  readonly name: string;
  readonly num_pending: number;
  readonly num_ack_pending: number;
}

/** Records that a service's durable has not seen acknowledged, by the server's own account. */
async function unsettled(name: string): Promise<number> {
  const answer = await fetch(`${server.monitoringUrl}/jsz?accounts=true&streams=true&consumers=true`);
  const { account_details } = (await answer.json()) as {
    account_details: { stream_detail?: { name: string; consumer_detail?: Consumer[] }[] }[];
  };
  const streams = account_details.flatMap((account) => account.stream_detail ?? []);
  const consumers = streams.find((stream) => stream.name === 'LOG')?.consumer_detail ?? [];
  const durable = consumers.find((consumer) => consumer.name === name);
  if (durable === undefined) throw new Error(`There is no durable ${name}.`);
  return durable.num_pending + durable.num_ack_pending;
}
