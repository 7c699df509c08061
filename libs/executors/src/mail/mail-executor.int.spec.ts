import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MAIL, MailWorld, mailTool } from '../testing/mail-world.js';

const world = new MailWorld();
beforeAll(() => world.open());
afterEach(() => world.clear());
afterAll(() => world.close());

describe('a mail', () => {
  it('is sent to whom the arguments name, with an id that every attempt of the call shares', async () => {
    const manifest = mailTool(await world.server());
    const args = { ...MAIL, cc: ['Joe@corp.example'], subject: 'Zażółć 😀', html: '<b>All</b>' };
    const first = await world.write(manifest, args);
    expect(first).toMatchObject({
      kind: 'output',
      output: { status: 'sent', accepted: ['ada@corp.example', 'Joe@corp.example'], rejected: [] },
    });
    expect(world.received[0]).toMatchObject({
      from: 'foreman@corp.example',
      to: ['ada@corp.example', 'Joe@corp.example'],
    });
    const id = first.kind === 'output' ? String(first.output.message_id) : '';
    expect(id).toMatch(/^<[0-9a-f]{40}@corp\.example>$/);
    expect(world.received[0]?.content).toContain(`Message-ID: ${id}`);
    expect(world.received[0]?.content).toContain('=?UTF-8?');
    const again = await world.write(manifest, args);
    expect(again.kind === 'output' && again.output.message_id).toBe(id);
    const other = await world.write(manifest, args, { key: 'key-2' });
    expect(other.kind === 'output' && other.output.message_id).not.toBe(id);
  });

  it('is a draft where the manifest or policy says so, and nothing is connected', async () => {
    const draft = {
      kind: 'output',
      output: { status: 'draft', message: { ...MAIL, cc: [], from: 'Voorman <foreman@corp.example>' } },
    };
    expect(await world.write(mailTool(1, { mode: 'draft' }))).toMatchObject(draft);
    expect(await world.write(mailTool(1), MAIL, { limits: { draftOnly: true } })).toMatchObject(draft);
    expect(await world.write(mailTool(1), MAIL, { limits: { draftOnly: true }, approved: true })).toMatchObject(draft);
  });

  it('that is a draft is sent once a person agreed to it', async () => {
    const executed = await world.write(mailTool(await world.server(), { mode: 'draft' }), MAIL, { approved: true });
    expect(executed).toMatchObject({ kind: 'output', output: { status: 'sent' } });
    expect(world.received).toHaveLength(1);
  });

  it('goes to the addresses and domains that the manifest lists, and to no other', async () => {
    const manifest = mailTool(await world.server(), { recipients: ['@corp.example', 'joe@partner.example'] });
    expect(await world.write(manifest, { ...MAIL, to: ['ada@CORP.example', 'joe@partner.example'] })).toMatchObject({
      kind: 'output',
    });
    for (const to of [
      'eve@evil.example',
      'ada@corp.example.evil.example',
      'ada@sub.corp.example',
      'eve@partner.example',
      'ada@cоrp.example',
    ]) {
      expect(await world.write(manifest, { ...MAIL, to: ['ada@corp.example'], cc: [to] })).toMatchObject({
        kind: 'fault',
        fault: { code: 'mail/recipient-not-allowed' },
      });
    }
    expect(world.received).toHaveLength(1);
  });

  it.each([
    ['to', 'ada@corp.example\r\nBcc: eve@evil.example'],
    ['to', 'ada@corp.example, eve@evil.example'],
    ['to', 'Ada <ada@corp.example>'],
    ['to', 'team: eve@evil.example, ada@corp.example;'],
    ['to', '"eve@evil.example"@corp.example'],
    ['to', 'eve@evil.example@corp.example'],
    ['to', 'ada@corp.example>\r\nRCPT TO:<eve@evil.example'],
    ['to', 'ada@corp.example\0'],
    ['to', 'ada'],
    ['to', { name: 'x', address: 'eve@evil.example' }],
    ['to', []],
    ['cc', 'ada@corp.example\nBcc: eve@evil.example'],
    ['subject', 'Report\r\nBcc: eve@evil.example'],
    ['subject', 'Report\nX: y'],
    ['subject', 'Report\u2028X: y'],
    ['subject', 'Report\ud800'],
    ['subject', 7],
    ['text', { path: '/etc/passwd' }],
    ['text', 'x\0y'],
    ['html', { href: 'http://127.0.0.1/secret' }],
  ])('with a %s of %j is refused, and nothing is connected', async (argument, given) => {
    const executed = await world.write(mailTool(1), { ...MAIL, [argument]: given });
    expect(executed).toMatchObject({
      kind: 'fault',
      fault: { code: 'arguments/invalid', message: expect.stringContaining(argument) },
      retryable: false,
    });
  });

  it('is one mail, whatever its text holds', async () => {
    const evil = [
      '',
      '.',
      'MAIL FROM:<eve@evil.example>',
      'RCPT TO:<ada@corp.example>',
      'DATA',
      'Subject: forged',
      '',
      'x',
      '.',
      '',
    ];
    for (const line of ['\r\n', '\n', '\r'])
      await world.write(mailTool(await world.server()), { ...MAIL, text: `a${evil.join(line)}` });
    expect(world.received).toHaveLength(3);
    expect(
      world.received.every(({ from, to }) => from === 'foreman@corp.example' && to.join() === 'ada@corp.example'),
    ).toBe(true);
    expect(world.received.every(({ content }) => content.split('\r\n\r\n')[0]?.includes('forged') === false)).toBe(
      true,
    );
  });

  it('fetches nothing that its text names', async () => {
    await world.write(mailTool(await world.server()), {
      ...MAIL,
      text: 'x',
      html: '<img src="file:///etc/hostname"><img src="cid:x">',
    });
    expect(world.received[0]?.content).not.toContain('Content-Disposition');
  });
});

describe('what a mail means', () => {
  it('is to whom it goes and over which server', async () => {
    const args = { ...MAIL, to: ['ada@corp.example', 'Joe@Corp.example'], cc: 'joe@corp.example' };
    expect(await world.newExecutor().meaning(mailTool(25), args)).toEqual({
      recipients: ['ada@corp.example', 'joe@corp.example'],
      hosts: ['127.0.0.1'],
    });
    expect(await world.newExecutor().meaning(mailTool(25), { ...MAIL, to: 'x' })).toMatchObject({
      fault: { code: 'arguments/invalid' },
    });
  });
});
