import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, PermissionViolationError, RequestError } from '@nats-io/transport-node';
import { DEFAULT_SIZES } from '@voorman/log/jetstream';
import { logStream, openAccounts, startTestServer, type TestServer } from '@voorman/log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Something that somebody must not do: resolves where it was done, rejects where it was refused. */
interface Attempt {
  readonly title: string;
  readonly by: string;
  readonly request: string;
  readonly body?: string;
}

const attempt = (by: string, title: string, request: string, body = ''): Attempt => ({ by, title, request, body });
const bot = (title: string, request: string, body?: string) => attempt('sre-bot', title, request, body);
const outsider = (title: string, request: string, body?: string) => attempt('crm', title, request, body);

const api = 'store.api';
const session = 'acme.s1.t1';

/** The log as it would be if it made room by deleting the oldest records. */
const forgetfulLog = JSON.stringify({ ...logStream(DEFAULT_SIZES.logBytes, 1), discard: 'old' });
const pull = JSON.stringify({ batch: 1, no_wait: true });

/** Destructive ones last: where everything is allowed they really happen. */
const attempts: Attempt[] = [
  bot('publishes as the orchestrator', `log.tool-gateway.${session}.orchestrator`),
  bot('publishes as another bot', `log.orchestrator.${session}.review-bot`),
  bot('publishes as the operator', `log.orchestrator.${session}.cli`),
  bot('publishes to another bot', `log.review-bot.${session}.sre-bot`),
  bot('publishes to itself', `log.sre-bot.${session}.sre-bot`),
  bot('answers a publisher in the place of the orchestrator', `log.crm.${session}.sre-bot`),
  bot('publishes into the inbox', 'inbox.acme.crm.orchestrator'),
  bot('sets the timers of another', 'timer.set.orchestrator.acme.s1.t1.ttl'),
  bot('writes into the bucket of another', '$O.payloads_review-bot.C.x', 'x'),
  bot('publishes a bundle of policy', '$O.bundles.C.x', 'x'),
  bot('looks at the durable of another', `${api}.CONSUMER.INFO.LOG.orchestrator`),
  bot('pulls the durable of another', `${api}.CONSUMER.MSG.NEXT.LOG.review-bot`, pull),
  bot('pulls the inbox', `${api}.CONSUMER.MSG.NEXT.INBOX.orchestrator`, pull),
  bot('pulls the timers of another', `${api}.CONSUMER.MSG.NEXT.TIMERS_orchestrator.orchestrator`, pull),
  bot('acknowledges for another', '$JS.ACK.LOG.orchestrator.1.1.1.1700000000000000000.0', '+ACK'),
  bot('reads the timers of another', `${api}.STREAM.MSG.GET.TIMERS_orchestrator`, '{"seq":1}'),
  bot('reads the inbox', `${api}.STREAM.MSG.GET.INBOX`, '{"seq":1}'),
  bot(
    'creates a consumer',
    `${api}.CONSUMER.CREATE.LOG.spy`,
    '{"stream_name":"LOG","config":{"name":"spy","ack_policy":"none"}}',
  ),
  bot(
    'creates a filtered consumer',
    `${api}.CONSUMER.CREATE.LOG.spy2.log.sre-bot.>`,
    '{"stream_name":"LOG","config":{"name":"spy2","filter_subject":"log.sre-bot.>","ack_policy":"none"}}',
  ),
  bot(
    'creates a durable in the old way',
    `${api}.CONSUMER.DURABLE.CREATE.LOG.spy3`,
    '{"stream_name":"LOG","config":{"durable_name":"spy3","ack_policy":"explicit"}}',
  ),
  bot(
    'pauses the durable of another',
    `${api}.CONSUMER.PAUSE.LOG.review-bot`,
    '{"pause_until":"2099-01-01T00:00:00Z"}',
  ),
  bot('resets the durable of another', `${api}.CONSUMER.RESET.LOG.review-bot`),
  bot('lists streams', `${api}.STREAM.NAMES`),
  bot('creates a stream', `${api}.STREAM.CREATE.MINE`, '{"name":"MINE","subjects":["mine"]}'),
  bot('alters the log', `${api}.STREAM.UPDATE.LOG`, forgetfulLog),
  outsider('publishes for another tenant', 'inbox.zenith.crm.orchestrator', '{}'),
  outsider('publishes as another publisher', 'inbox.acme.shop.orchestrator', '{}'),
  outsider('writes into the log', `log.orchestrator.${session}.crm`),
  outsider('sets timers', 'timer.set.orchestrator.acme.s1.t1.ttl'),
  outsider('writes into a bucket', '$O.payloads_cli.C.x', 'x'),
  outsider('looks at the durable of another publisher', `${api}.CONSUMER.INFO.LOG.shop`),
  outsider('pulls the answers of another tenant', `${api}.CONSUMER.MSG.NEXT.LOG.shop`, pull),
  outsider('acknowledges for another', '$JS.ACK.LOG.shop.1.1.1.1700000000000000000.0', '+ACK'),
  outsider('reads the log', `${api}.STREAM.MSG.GET.LOG`, '{"seq":1}'),
  outsider('reads the log from any replica', `${api}.DIRECT.GET.LOG`, '{"seq":1}'),
  outsider('looks at a stream', `${api}.STREAM.INFO.LOG`),
  attempt('cli', 'publishes as a service', `log.sre-bot.${session}.orchestrator`),
  attempt('cli', 'publishes straight to a bot', `log.sre-bot.${session}.cli`),
  attempt('cli', 'publishes under the name of a publisher', 'inbox.acme.crm.orchestrator', '{}'),
  attempt('tool-gateway', 'publishes as the orchestrator', `log.sre-bot.${session}.orchestrator`),
  attempt('tool-gateway', 'publishes a bundle of policy', '$O.bundles.C.x', 'x'),
  bot('purges the timers of another', `${api}.STREAM.PURGE.TIMERS_orchestrator`),
  bot('purges the bucket of another', `${api}.STREAM.PURGE.OBJ_payloads_orchestrator`),
  bot('purges the log', `${api}.STREAM.PURGE.LOG`),
  bot('deletes the durable of another', `${api}.CONSUMER.DELETE.LOG.review-bot`),
  attempt('cli', 'purges the bucket of another', `${api}.STREAM.PURGE.OBJ_payloads_sre-bot`),
  attempt('policy', 'purges the log', `${api}.STREAM.PURGE.LOG`),
  attempt('orchestrator', 'deletes a record', `${api}.STREAM.MSG.DELETE.INBOX`, '{"seq":1}'),
  attempt('orchestrator', 'deletes the log', `${api}.STREAM.DELETE.LOG`),
];

/** Sends it as a request, as a client would that knows neither us nor the library. @throws what was refused. */
async function perform(connection: NatsConnection, { request, body }: Attempt): Promise<void> {
  // `noMux`: a pulled record keeps its own subject, by which the shared reply subscription would not know it.
  const answer = await connection.request(request, body, { timeout: 900, noMux: true });
  if (answer.headers?.hasError) throw new Error(answer.headers.status);
  const text = answer.string();
  const said = text.startsWith('{') ? (JSON.parse(text) as { error?: { description: string } }) : {};
  if (said.error !== undefined) throw new Error(said.error.description);
}

/** Something of everybody's to steal or spoil. */
async function fill(server: TestServer): Promise<void> {
  const js = jetstream(await server.provisioner());
  for (const target of ['orchestrator', 'review-bot', 'shop']) {
    const tenant = target === 'shop' ? 'zenith' : 'acme';
    await js.publish(`log.${target}.${tenant}.s0.t0.orchestrator`, 'taken by its reader');
    await js.publish(`log.${target}.${tenant}.s0.t0.orchestrator`, 'waits');
    const consumer = await js.consumers.get('LOG', target);
    await consumer.next();
  }
  await js.publish('inbox.acme.crm.orchestrator', '{}');
  await js.publish('inbox.zenith.shop.orchestrator', '{}');
  const target = 'timer.due.orchestrator.acme.s1.t1.other';
  const inAnHour = { schedule: { specification: new Date(Date.now() + 3_600_000), target } };
  await js.publish('timer.set.orchestrator.acme.s1.t1.other', 'x', inAnHour);
  await js.publish('timer.due.orchestrator.acme.s1.t1.due', 'x');
}

async function everyone(server: TestServer): Promise<Map<string, NatsConnection>> {
  const names = new Set(attempts.map(({ by }) => by));
  return new Map(await Promise.all([...names].map(async (name) => [name, await server.connect(name)] as const)));
}

const heldBy = (connections: Map<string, NatsConnection>, name: string): NatsConnection => {
  const connection = connections.get(name);
  if (connection === undefined) throw new Error(`${name} is not connected`);
  return connection;
};

describe('the bus', () => {
  let server: TestServer;
  let connections: Map<string, NatsConnection>;

  beforeAll(async () => {
    server = await startTestServer();
    await fill(server);
    connections = await everyone(server);
  });
  afterAll(async () => {
    await server.stop();
  });

  it.each(attempts)('refuses at once when $by $title', { retry: 2 }, async (attempted) => {
    const began = performance.now();
    const fault = await perform(heldBy(connections, attempted.by), attempted).then(
      () => undefined,
      (refused: unknown) => refused,
    );
    expect(fault).toBeInstanceOf(RequestError);
    expect((fault as RequestError).cause).toBeInstanceOf(PermissionViolationError);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it.each([
    ['sre-bot', 'log.>'],
    ['sre-bot', '>'],
    ['sre-bot', '_INBOX_orchestrator.>'],
    ['sre-bot', '$JS.>'],
    ['crm', 'log.crm.>'],
    ['crm', '_INBOX_shop.>'],
    ['crm', 'live.bundles.>'],
    ['cli', '_INBOX_*.>'],
  ])('closes a subscription of %s to %s at once', async (name, subject) => {
    const fault = await new Promise((resolve) => {
      heldBy(connections, name).subscribe(subject, { callback: (error) => resolve(error) });
      setTimeout(resolve, 900);
    });
    expect(fault).toBeInstanceOf(PermissionViolationError);
  });

  it('says in the status of the connection what it refused to a publisher who did not ask', async () => {
    const connection = await server.connect('sre-bot');
    const refused = (async () => {
      for await (const status of connection.status()) {
        if (status.type === 'error') return status.error;
      }
      return undefined;
    })();
    connection.publish(`log.orchestrator.${session}.review-bot`, 'x');
    const fault = await refused;
    expect(fault).toBeInstanceOf(PermissionViolationError);
    expect((fault as PermissionViolationError).subject).toBe(`log.orchestrator.${session}.review-bot`);
  });

  it('lets in nobody without a key, nor with that of another stack', async () => {
    const other = await startTestServer({ provision: false });
    const { connect, nkeyAuthenticator } = await import('@nats-io/transport-node');
    const theirs = other.credentialsFor('sre-bot');
    if (!('nkeySeed' in theirs)) throw new Error('a bot has a seed');
    const seed = new TextEncoder().encode(theirs.nkeySeed);
    await expect(connect({ servers: server.url, maxReconnectAttempts: 0 })).rejects.toThrow(/authorization/i);
    await expect(
      connect({ servers: server.url, maxReconnectAttempts: 0, authenticator: nkeyAuthenticator(seed) }),
    ).rejects.toThrow(/authorization/i);
    await other.stop();
  });

  it('kept everything as it was', async () => {
    const manager = await jetstreamManager(await server.provisioner());
    expect((await manager.streams.info('LOG')).state.messages).toBe(6);
    expect((await manager.streams.info('INBOX')).state.messages).toBe(2);
    const durable = await manager.consumers.info('LOG', 'orchestrator');
    expect(durable.num_ack_pending + durable.num_pending).toBe(2);
  });
});

describe('a bus that allows everything', () => {
  let server: TestServer;
  let connections: Map<string, NatsConnection>;

  beforeAll(async () => {
    server = await startTestServer({ config: (options) => ({ ...options, accounts: openAccounts(options.accounts) }) });
    await fill(server);
    connections = await everyone(server);
  });
  afterAll(async () => {
    await server.stop();
  });

  // Each refusal above is then the work of a permission, not of a request that was wrong anyway.
  it.each(attempts)('has no objection when $by $title', async (attempted) => {
    await perform(heldBy(connections, attempted.by), attempted);
  });
});
