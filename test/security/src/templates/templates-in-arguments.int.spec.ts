import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceBehindTool } from '../testing/service-behind-tool.js';
import { everywhere, expectWhole } from '../testing/whole-requests.js';

const DOLLAR = '$';
let service: ServiceBehindTool;
beforeAll(async () => {
  service = await ServiceBehindTool.start();
});
afterAll(() => service.stop());
beforeEach(() => service.reset());

describe('an attack by a template in an argument on the service behind a tool', () => {
  it.each([
    ...['{{ secrets.key }}', '{{secrets.key}}', '{{ args.note }}', '#{7*7}', '{id}', '{{', '<!--#exec cmd="ls"-->'],
    ...[
      'a"b,"admin":true,"x":"',
      `${DOLLAR}{7*7}`,
      `${DOLLAR}{secrets.key}`,
      '{{ constructor }}',
      '{{ __proto__ }}',
      '%7Bid%7D',
    ],
  ])('is a text, and filled in by nobody: %j', async (text) => {
    await everywhere(service, text);
    expect(service.heard.length).toBeGreaterThan(0);
    expectWhole(service, text);
    expect(service.heard.map(({ body }) => body && (JSON.parse(body) as { text?: string }).text)).toContain(text);
  });
});
