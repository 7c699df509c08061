import { createServer } from 'node:net';
import { createUser } from '@nats-io/nkeys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/index.js';
import { type ConnectLogOptions, connectLog } from './connection.js';
import { servicesOnly } from './testing/jetstream-harness.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ topology: servicesOnly(['writer']) });
});
afterAll(async () => {
  await server?.stop();
});

const options = (changed: Partial<ConnectLogOptions> = {}): ConnectLogOptions => ({
  servers: [server.url],
  name: 'writer',
  credentials: server.credentialsFor('writer'),
  ...changed,
});

describe('connecting to the log', () => {
  it('says where it is connected, and that nothing was refused', async () => {
    const connection = await connectLog(options());
    expect(connection.health()).toMatchObject({ connected: true, refusals: [] });
    expect(server.url).toContain(connection.health().url);
    await connection.close();
    expect(connection.health().connected).toBe(false);
  });

  it('fails with a sentence when nobody listens there', async () => {
    const nowhere = connectLog(options({ servers: ['nats://127.0.0.1:1'], connectWithinMs: 500 }));
    await expect(nowhere).rejects.toMatchObject({ code: 'log/unavailable' });
  });

  it('is refused to somebody with a broken seed at once, and to a stranger after a moment', async () => {
    const stranger = new TextDecoder().decode(createUser().getSeed());
    for (const nkeySeed of ['no seed', stranger]) {
      await expect(connectLog(options({ credentials: { nkeySeed } }))).rejects.toMatchObject({ code: 'log/forbidden' });
    }
  });

  it('refuses a server that is too old to carry the log', async () => {
    const old = createServer((socket) => {
      socket.write(
        `INFO ${JSON.stringify({ version: '2.10.29', headers: true, jetstream: true, max_payload: 1024 })}\r\n`,
      );
      socket.on('data', (data) => {
        if (data.includes('PING')) socket.write('PONG\r\n');
      });
    });
    await new Promise<void>((resolve) => void old.listen(0, '127.0.0.1', resolve));
    const address = old.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const connecting = connectLog(options({ servers: [`nats://127.0.0.1:${port}`] }));
    await expect(connecting).rejects.toMatchObject({
      code: 'log/server-too-old',
      message: expect.stringContaining('2.10.29'),
    });
    old.close();
  });

  it('follows nothing where nobody provided a consumer', async () => {
    const owner = await server.provisioner();
    await owner.request('$JS.API.CONSUMER.DELETE.LOG.writer', '');
    const connection = await connectLog(options());
    await expect(connection.log.follow(() => Promise.resolve())).rejects.toMatchObject({ code: 'log/stream-drift' });
    await connection.close();
  });
});
