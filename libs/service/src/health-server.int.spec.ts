import { afterEach, describe, expect, it } from 'vitest';
import { type Health, serveHealth } from './health-server.js';
import { ServiceMetrics } from './metrics.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
async function serve(health: Health, metrics = new ServiceMetrics()) {
  const server = await serveHealth(() => health, metrics);
  open.push(server);
  return server;
}

describe('the health port', () => {
  it('is on the loopback address only', async () => {
    const { url } = await serve({ ok: true, detail: {} });
    expect(new URL(url).hostname).toBe('127.0.0.1');
  });

  it('answers 200 while all is well, with the details', async () => {
    const { url } = await serve({ ok: true, detail: { held: 3 } });
    const answer = await fetch(`${url}/healthz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok', held: 3 });
  });

  it('answers 503 when something is wrong, with the same details', async () => {
    const { url } = await serve({ ok: false, detail: { held: 3 } });
    const answer = await fetch(`${url}/healthz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'unhealthy', held: 3 });
  });

  it('gives metrics as Prometheus reads them, as they are at that moment', async () => {
    const metrics = new ServiceMetrics();
    let held = 2;
    metrics.countHeld(() => held);
    const { url } = await serve({ ok: true, detail: {} }, metrics);
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('voorman_records_held 2');
    held = 0;
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('voorman_records_held 0');
  });

  it('knows nothing else', async () => {
    const { url } = await serve({ ok: true, detail: {} });
    expect((await fetch(`${url}/`)).status).toBe(404);
  });

  it('closes at once, also while somebody keeps a connection open', async () => {
    const { url, close } = await serve({ ok: true, detail: {} });
    await fetch(`${url}/healthz`);
    await close();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});
