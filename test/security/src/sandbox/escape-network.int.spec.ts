import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfinedTools, sandboxIsMissing } from '@voorman/executors/testing';
import { startTestServer } from '@voorman/log/testing';
import { afterEach, describe, expect, it } from 'vitest';

const tools = new ConfinedTools();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  await tools.end();
  for (const end of ends.splice(0)) await end();
});

async function listen(where: string | { host: string; port: 0 }): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('hello'));
  await new Promise<void>((resolve) => server.listen(where, resolve));
  ends.push(() => server.close());
  return server;
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const CONNECTS = `return await new Promise((resolve) => {
  const socket = net.connect(args.to, () => { socket.destroy(); resolve({ connected: true }); });
  socket.on('error', (fault) => resolve({ code: fault.code })); });`;

describe.skipIf(await sandboxIsMissing())(
  'a program in a sandbox without network, compared with the same program without a sandbox',
  () => {
    it('cannot reach what listens on the loopback device', async () => {
      const to = { host: '127.0.0.1', port: portOf(await listen({ host: '127.0.0.1', port: 0 })) };
      expect(await tools.bare(CONNECTS, { to })).toMatchObject({ output: { connected: true } });
      expect(await tools.confined(CONNECTS, {}, { to })).toMatchObject({ output: { code: 'ECONNREFUSED' } });
    });

    it('cannot reach the NATS server', async () => {
      const server = await startTestServer();
      ends.push(() => server.stop());
      const { hostname, port } = new URL(server.url);
      const to = { host: hostname, port: Number(port) };
      expect(await tools.bare(CONNECTS, { to })).toMatchObject({ output: { connected: true } });
      expect(await tools.confined(CONNECTS, {}, { to })).toMatchObject({ output: { code: 'ECONNREFUSED' } });
    });

    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each && !each.internal && each.family === 'IPv4')?.address;
    it.runIf(outside)('cannot reach an address beyond the loopback device', async () => {
      const host = outside ?? '';
      const to = { host, port: portOf(await listen({ host, port: 0 })) };
      expect(await tools.bare(CONNECTS, { to })).toMatchObject({ output: { connected: true } });
      expect(await tools.confined(CONNECTS, {}, { to })).toMatchObject({ output: { code: 'ENETUNREACH' } });
    });

    it('has no route to the world and no name service', async () => {
      const result = await tools.confined(
        `const name = await dns.lookup('example.org').catch((fault) => ({ code: fault.code }));
       const devices = Object.keys(os.networkInterfaces()); return { code: name.code, devices };`,
      );
      expect(result).toMatchObject({ output: { code: expect.stringMatching(/EAI_AGAIN|ENOTFOUND/), devices: ['lo'] } });
    });

    it('cannot reach an abstract socket of the host', async () => {
      const to = `\0voorman-${process.pid}-${Math.random()}`;
      await listen(to);
      expect(await tools.bare(CONNECTS, { to })).toMatchObject({ output: { connected: true } });
      expect(await tools.confined(CONNECTS, {}, { to })).toMatchObject({ output: { code: 'ECONNREFUSED' } });
    });

    it('cannot reach a socket file of the host', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'voorman-socket-'));
      ends.push(() => rmSync(folder, { recursive: true, force: true }));
      const to = join(folder, 's');
      await listen(to);
      expect(await tools.bare(CONNECTS, { to })).toMatchObject({ output: { connected: true } });
      expect(await tools.confined(CONNECTS, {}, { to })).toMatchObject({ output: { code: 'ENOENT' } });
    });

    it('cannot open sockets that lie in no namespace, such as those to a virtual machine’s host', async () => {
      // AF_VSOCK, AF_ALG, AF_PACKET, AF_BLUETOOTH.
      const body = `return { opened: [40, 38, 17, 31].map((family) =>
      spawnSync('/usr/bin/perl', ['-e', 'exit(socket(S, ' + family + ', ' + (family === 38 ? 5 : 3) + ', 0) ? 0 : $! + 0)']).status) };`;
      const errnos = (await tools.confined(body)) as { output?: { opened: number[] } };
      expect(errnos.output?.opened).toEqual([97, 97, 97, 97]);
      const bare = (await tools.bare(body)) as { output?: { opened: number[] } };
      expect(bare.output?.opened).not.toEqual([97, 97, 97, 97]);
    });
  },
);
