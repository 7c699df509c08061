import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceBehindTool } from '../testing/service-behind-tool.js';
import { everywhere, expectWhole } from '../testing/whole-requests.js';

let service: ServiceBehindTool;
beforeAll(async () => {
  service = await ServiceBehindTool.start();
});
afterAll(() => service.stop());
beforeEach(() => service.reset());

describe('an attack by a path in an argument on the service behind a tool', () => {
  it.each([
    ...[
      '../../admin',
      '..',
      '.',
      '..%2f..%2fadmin',
      '%2e%2e%2fadmin',
      '%252e%252e%252fadmin',
      '..\\admin',
      '..;/admin',
    ],
    ...['/admin', '//evil.example/', '\\\\evil.example\\', 'http://evil.example/', '@evil.example', 'a?x=1#y', 'a;b=c'],
    ...['a\r\nX-Evil: 1', 'a\nX-Evil: 1', 'a\u2028X-Evil: 1', 'a\0b', '\u010d\u010a'],
    'a HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    ...['\u202e', 'ａ／．．／ｂ', '．．／', '%c0%ae%c0%ae/', 'ä', '%', '%zz', '%00', '\ud800'],
  ])('stays one segment, one value, one text: %j', async (text) => {
    await everywhere(service, text);
    expectWhole(service, text);
  });

  it('is told apart from a name: that reaches the service as it is', async () => {
    await everywhere(service, 'a name');
    expect(service.heard).toHaveLength(3);
    expectWhole(service, 'a name');
  });
});
