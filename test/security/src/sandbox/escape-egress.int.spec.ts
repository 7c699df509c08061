import { type AddressInfo, createServer } from 'node:net';
import { ConfinedTools, FETCHES, sandboxIsMissing } from '@voorman/executors/testing';
import { afterEach, describe, expect, it } from 'vitest';

const tools = new ConfinedTools();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  await tools.end();
  for (const end of ends.splice(0)) await end();
});

describe.skipIf(await sandboxIsMissing())('a program in a sandbox with a list of hosts', () => {
  it('does not reach another host or port, and the operator hears of the attempt', async () => {
    const [listed, other] = [await tools.page('listed'), await tools.page('other')];
    const result = await tools.confined(FETCHES, { network: [listed] }, { host: other });
    expect(JSON.stringify(result)).not.toContain('other GET');
    expect(result).toMatchObject({ output: { status: 403 } });
    expect(tools.heard.join(' ')).toContain(other);
    expect(await tools.bare(FETCHES, { host: other })).toMatchObject({ output: { text: 'other GET /page?q=1' } });
  });

  it('has no way around the proxy', async () => {
    const host = await tools.page('listed');
    const [address, port] = host.split(':');
    const body = `return await new Promise((resolve) => { const socket = net.connect({ host: args.address, port: args.port }, () => resolve({ connected: true }));
      socket.on('error', (fault) => resolve({ code: fault.code })); });`;
    const args = { address: address ?? '', port: Number(port) };
    expect(await tools.confined(body, { network: [host] }, args)).toMatchObject({ output: { code: 'ECONNREFUSED' } });
  });

  it('speaks through a tunnel to what is listed, whatever it speaks, and to nothing else', async () => {
    const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    ends.push(() => echo.close());
    const port = (echo.address() as AddressInfo).port;
    const body = `const { request } = await import('node:http');
      return await new Promise((resolve) => { const asked = request({ host: '127.0.0.1', port: 3128, method: 'CONNECT', path: args.to });
        asked.on('connect', (response, socket) => { if (response.statusCode !== 200) return resolve({ status: response.statusCode });
          socket.write('ping'); socket.on('data', (data) => { socket.destroy(); resolve({ status: 200, said: String(data) }); }); });
        asked.on('error', (fault) => resolve({ code: fault.code })); asked.end(); });`;
    const profile = { network: [`127.0.0.1:${port}`] };
    expect(await tools.confined(body, profile, { to: `127.0.0.1:${port}` })).toMatchObject({
      output: { status: 200, said: 'ping' },
    });
    for (const to of [
      `127.0.0.1:${port === 65_535 ? 1 : port + 1}`,
      `localhost:${port}`,
      `0:${port}`,
      'nonsense',
      `[::1]:${port}`,
    ]) {
      expect(await tools.confined(body, profile, { to }), to).toMatchObject({ output: { status: 403 } });
    }
  });
});
