import { jetstream } from '@nats-io/jetstream';
import { PermissionViolationError, RequestError } from '@nats-io/transport-node';
import { type Draft, sealDraft, serviceBoundary, subjectOf } from '@voorman/envelope';
import type { Execution } from '@voorman/executors';
import { readAll } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { GatewaySession, output } from '@voorman/tool-gateway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * A real bus, and a gateway that follows it. `review-bot` is in wrong hands: it has its own key and knows the protocol.
 */
const SESSION = { tenant: 'acme', session: 's1', ttlSeconds: 60 };
let server: TestServer;
let foreman: LogConnection;
let gateway: LogConnection;
const executed: Execution[] = [];
let ids = 0;

const seal = (draft: Draft, source: string, task: string) => {
  ids += 1;
  return sealDraft(draft, { ...SESSION, source, task, id: `id-${ids}`, atMs: Date.now() });
};
/** As no library of ours would write it: nothing is checked. */
const bytesOf = (envelope: object) => new TextEncoder().encode(JSON.stringify(envelope));
const wish = (callId: string): Draft => ({
  type: 'tool-requested',
  target: 'tool-gateway',
  payload: {
    state: 'EXECUTE',
    call_id: callId,
    tool: 'search_web',
    step: 'x',
    arguments: { query: callId, max_results: 1 },
  },
});
const queries = () => executed.map((each) => each.arguments.query);
const written = (by = 'tool-gateway') => readAll(foreman.log, serviceBoundary('acme', 's1', by));
/** What anybody can read of the wishes under the name of review-bot. */
const wishes = async () => JSON.stringify(await written('review-bot'));

/** What review-bot puts on the bus, byte for byte, under a subject of its choice. */
async function publish(subject: string, bytes: Uint8Array): Promise<unknown> {
  const bot = await server.connect('review-bot');
  return jetstream(bot, { apiPrefix: 'store.api', checkAPI: false })
    .publish(subject, bytes)
    .then(
      () => undefined,
      (fault: unknown) => fault,
    )
    .finally(() => bot.close());
}

/** Waits until the gateway has dealt with everything before: the rightful bot's own call comes through. */
async function rightfulCall(callId: string): Promise<void> {
  const bot = await connect('sre-bot');
  await bot.log.append(seal(wish(callId), 'sre-bot', 't1'));
  await bot.close();
  await expect.poll(queries, { timeout: 10_000 }).toContain(callId);
}

const connect = (name: string): Promise<LogConnection> =>
  connectLog({ servers: [server.url], name, credentials: server.credentialsFor(name) as never });

beforeAll(async () => {
  server = await startTestServer();
  foreman = await connect('orchestrator');
  gateway = await connect('tool-gateway');
  const doing = (execution: Execution) => {
    executed.push(execution);
    return output();
  };
  const { log, payloads } = gateway;
  const handler = new GatewaySession().handler(doing, { log, payloads, clock: { nowMs: () => Date.now() } });
  await log.follow((record, delivery) =>
    record.type === 'tool-requested' ? handler.toolRequested(record, delivery) : Promise.resolve(),
  );
  const grant: Draft = { type: 'task-requested', target: 'sre-bot', payload: { goal: 'x' } };
  await foreman.log.append(seal(grant, 'orchestrator', 't1'));
});
afterAll(async () => {
  await gateway?.close();
  await foreman?.close();
  await server?.stop();
});

describe('a bot that says that it is another', () => {
  it('in its subject is refused by the bus', async () => {
    const forged = seal(wish('subject'), 'sre-bot', 't1');
    const fault = await publish(subjectOf(forged), bytesOf(forged));
    expect(fault).toBeInstanceOf(RequestError);
    expect((fault as RequestError).cause).toBeInstanceOf(PermissionViolationError);
    await rightfulCall('after-subject');
    expect(queries()).not.toContain('subject');
  });

  it('in its envelope, under a subject of its own, has written nothing that anybody reads', async () => {
    const forged = seal(wish('envelope'), 'sre-bot', 't1');
    expect(await publish('log.tool-gateway.acme.s1.t1.review-bot', bytesOf(forged))).toBeUndefined();
    await rightfulCall('after-envelope');
    expect(queries()).not.toContain('envelope');
    expect(await wishes()).not.toContain('"envelope"');
  });

  it('in the id of its record, under a name of its own, has written nothing that anybody reads', async () => {
    const own = seal(wish('id-of'), 'review-bot', 't1');
    const forged = bytesOf({ ...own, id: 'sre-bot.id-of-another' });
    expect(await publish(subjectOf(own), forged)).toBeUndefined();
    await rightfulCall('after-id');
    expect(queries()).not.toContain('id-of');
    expect(await wishes()).not.toContain('"id-of"');
  });

  it('or that names itself twice, is read as what the bus says, and gets no call in the other’s task', async () => {
    const own = JSON.stringify(seal(wish('twice'), 'review-bot', 't1'));
    const forged = own.replace('"source_agent":"review-bot"', '"source_agent":"sre-bot","source_agent":"review-bot"');
    expect(forged).not.toBe(own);
    expect(await publish('log.tool-gateway.acme.s1.t1.review-bot', new TextEncoder().encode(forged))).toBeUndefined();
    await rightfulCall('after-twice');
    expect(queries()).not.toContain('twice');
    expect(await wishes()).toContain('"twice"');
  });

  it('cannot grant itself the task either', async () => {
    const grant: Draft = { type: 'task-requested', target: 'review-bot', payload: { goal: 'x' } };
    const asItself = seal(grant, 'review-bot', 't2');
    const asForeman = seal(grant, 'orchestrator', 't2');
    for (const [subject, forged] of [
      [subjectOf(asForeman), asForeman],
      [subjectOf(asItself), asItself],
    ] as const) {
      expect(await publish(subject, bytesOf(forged))).toBeInstanceOf(RequestError);
    }
    await publish('log.tool-gateway.acme.s1.t2.review-bot', bytesOf(asForeman));
    const call = seal(wish('granted'), 'review-bot', 't2');
    expect(await publish(subjectOf(call), bytesOf(call))).toBeUndefined();
    await rightfulCall('after-granted');
    expect(queries()).not.toContain('granted');
  });

  it('has the gateway start nothing but the calls of the rightful bot', async () => {
    const started = (await written()).filter(({ type }) => type === 'tool-started');
    expect(started).toHaveLength(5);
    expect(queries().every((query) => String(query).startsWith('after-'))).toBe(true);
  });
});
