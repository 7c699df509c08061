import { expect } from 'vitest';
import { ServiceBehindTool } from './service-behind-tool.js';

/** Calls the service with the text in every place that a request has for one: its path, its query, a header, its body. */
export async function everywhere(service: ServiceBehindTool, text: string): Promise<void> {
  await service.call({ id: 'one', q: text, text });
  await service.call({ id: text });
  await service.call({ id: 'one', note: text });
}

/** In all that reached the service the text is one segment, one value, one text; everything else is as the manifest says. */
export function expectWhole({ heard, host }: ServiceBehindTool, text: string): void {
  for (const { path, headers, raw, body } of heard) {
    expect(headers.host).toBe(host);
    expect(headers['x-evil']).toBeUndefined();
    expect(raw.filter((name) => name.toLowerCase() === 'authorization')).toHaveLength(1);
    const url = new URL(path, 'http://service');
    expect(url.host).toBe('service');
    expect(url.pathname.startsWith('/v1/items/')).toBe(true);
    const [segment = '', ...more] = url.pathname.replace(/^\/v1\/items\//, '').split('/');
    expect(more).toEqual([]);
    expect(['one', text]).toContain(decodeURIComponent(segment));
    expect([...url.searchParams.keys()].filter((name) => name !== 'q')).toEqual([]);
    expect(path + body + headers['x-note']).not.toContain(ServiceBehindTool.SECRET);
    if (body === '') continue;
    const sent = JSON.parse(body) as { fixed: unknown; admin?: unknown };
    expect([sent.fixed, sent.admin]).toEqual([{ admin: false }, undefined]);
  }
}
