import { jetstream } from '@nats-io/jetstream';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './server.js';

describe('a test server', () => {
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.stop();
  });

  it('carries the streams and lets a service append', async () => {
    server = await startTestServer();
    const connection = await server.connect('orchestrator');
    const js = jetstream(connection, { apiPrefix: 'store.api', checkAPI: false });
    const ack = await js.publish('log.sre-bot.acme.s1.t1.orchestrator', 'x', { msgID: 'orchestrator.1' });
    expect(ack.seq).toBe(1);
  });
});
