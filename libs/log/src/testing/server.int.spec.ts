import { existsSync } from 'node:fs';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from './cluster.js';
import { startTestServer, type TestServer } from './server.js';

const client = { apiPrefix: 'store.api', checkAPI: false };

describe('a test server', () => {
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.stop();
  });

  it('keeps its records, its address and its clients over a kill', async () => {
    server = await startTestServer();
    const { url, pid } = server;
    const connection = await server.connect('orchestrator');
    const js = jetstream(connection, client);
    await js.publish('log.sre-bot.acme.s1.t1.orchestrator', 'one', { msgID: 'orchestrator.1' });

    await server.kill();
    await server.restart();

    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    // The first attempt may meet a connection that is still down.
    const second = { msgID: 'orchestrator.2', retries: 50, timeout: 200 };
    const ack = await js.publish('log.sre-bot.acme.s1.t1.orchestrator', 'two', second);
    expect(ack.seq).toBe(2);
  });

  it('takes up a publisher while running, without a word to those who are connected', async () => {
    server = await startTestServer();
    const connection = await server.connect('crm');
    const statuses: string[] = [];
    void (async () => {
      for await (const status of connection.status()) statuses.push(status.type);
    })();

    await server.addPublisher({ name: 'desk', tenant: 'acme' });

    const desk = await server.connect('desk');
    const ack = await jetstream(desk, client).publish('inbox.acme.desk.orchestrator', '{}');
    expect(ack.stream).toBe('INBOX');
    await expect(jetstream(desk, client).consumers.get('LOG', 'desk')).resolves.toBeDefined();
    expect(connection.isClosed()).toBe(false);
    expect(statuses).not.toContain('disconnect');
  });

  it('leaves nothing behind', async () => {
    const passing = await startTestServer();
    const { dataDir, pid } = passing;
    await passing.stop();
    expect(existsSync(dataDir)).toBe(false);
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

describe('a test cluster', () => {
  let cluster: TestCluster | undefined;
  afterEach(async () => {
    await cluster?.stop();
  });

  it('goes on when the leader of the log is killed, and takes it back', async () => {
    cluster = await startTestCluster();
    const js = jetstream(await cluster.connect('orchestrator'), client);
    const first = await js.publish('log.sre-bot.acme.s1.t1.orchestrator', 'one', { msgID: 'orchestrator.1' });
    expect(first.seq).toBe(1);

    const leader = await cluster.leaderOf('LOG');
    await cluster.kill(leader);
    const second = { msgID: 'orchestrator.2', retries: 200, timeout: 500 };
    const ack = await js.publish('log.sre-bot.acme.s1.t1.orchestrator', 'two', second);
    expect(ack.seq).toBe(2);

    await cluster.restart(leader);
    expect(cluster.urls).toHaveLength(3);
    const manager = await jetstreamManager(await cluster.provisioner());
    const info = await manager.streams.info('LOG');
    expect(info.config.num_replicas).toBe(3);
    expect(info.state.messages).toBe(2);
  });
});
