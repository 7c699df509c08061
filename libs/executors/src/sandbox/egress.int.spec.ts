import { afterEach, describe, expect, it } from 'vitest';
import { ConfinedTools, FETCHES, sandboxIsMissing } from '../testing/confined-tool.js';
import { AllowedHosts } from './egress-proxy.js';

const tools = new ConfinedTools();
afterEach(() => tools.end());

describe.skipIf(await sandboxIsMissing())('a program in a sandbox with a list of hosts', () => {
  it('reaches the host that is listed', async () => {
    const host = await tools.page('hello');
    expect(await tools.confined(FETCHES, { network: [host] }, { host })).toMatchObject({
      output: { status: 200, text: 'hello GET /page?q=1' },
    });
    expect(await tools.confined(FETCHES, { network: [host] }, { host, method: 'POST', body: 'x' })).toMatchObject({
      output: { status: 200, text: 'hello POST /page?q=1' },
    });
  });

  it('keeps its exit code and its answer', async () => {
    const result = await tools.confined(`process.exit(4);`, { network: ['example.org'] });
    expect(result).toMatchObject({ fault: { message: 'sample ended with code 4 and said nothing.' } });
  });
});

describe('the hosts of a profile', () => {
  it('mean the ports of HTTP and HTTPS where they name none', async () => {
    const hosts = new AllowedHosts(['1.2.3.4', '1.2.3.5:8443']);
    expect(await hosts.addressOf('1.2.3.4', 443)).toBe('1.2.3.4');
    expect(await hosts.addressOf('1.2.3.4', 80)).toBe('1.2.3.4');
    expect(await hosts.addressOf('1.2.3.4', 22)).toBeUndefined();
    expect(await hosts.addressOf('1.2.3.5', 443)).toBeUndefined();
  });

  it('lead to a private address only where that is listed as an address', async () => {
    // The machine's own name service says that localhost is the loopback address.
    expect(await new AllowedHosts(['localhost:80']).addressOf('localhost', 80)).toBeUndefined();
    expect(await new AllowedHosts(['127.0.0.1:80']).addressOf('127.0.0.1', 80)).toBe('127.0.0.1');
    expect(await new AllowedHosts(['127.0.0.1:80']).addressOf('127.0.0.2', 80)).toBeUndefined();
  });
});
