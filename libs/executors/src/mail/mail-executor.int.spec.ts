import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalAuthority, type ServerIdentity } from '@voorman/pki/authorities';
import { compileTool, ToolManifest } from '@voorman/registry';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Executed, Limits } from '../executor.js';
import { cutAfter } from '../testing/cut-connection.js';
import { MailExecutor } from './mail-executor.js';
import type { MailManifest } from './mail-message.js';

interface Received {
  readonly from: string;
  readonly to: string[];
  readonly content: string;
}
const received: Received[] = [];
const heard: unknown[] = [];
const ends: (() => unknown)[] = [];
let folder: string;
let authority: LocalAuthority;
let identity: ServerIdentity;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-mail-'));
  authority = await LocalAuthority.open(folder);
  identity = await authority.issueServer(['127.0.0.1', 'localhost'], 600);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  received.length = 0;
  heard.length = 0;
  for (const end of ends.splice(0)) await end();
});

/** A real SMTP server that keeps what it takes. @returns its port. */
async function server(more: SMTPServerOptions = {}): Promise<number> {
  const smtp = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    key: identity.privateKey,
    cert: identity.certificate,
    onAuth: ({ username, password }, _session, done) =>
      password === 'pass-of-mail' ? done(null, { user: username ?? '' }) : done(new Error('No such user.')),
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          content: Buffer.concat(pieces).toString('utf8'),
        });
        done();
      });
    },
    ...more,
  });
  smtp.on('error', () => {});
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
  ends.push(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
  return (smtp.server.address() as AddressInfo).port;
}

function tool(port: number, more: Record<string, unknown> = {}, smtp: Record<string, unknown> = {}): MailManifest {
  const schema = { input: { to: 'array', subject: 'string', text: 'string' }, output: { status: 'string' } };
  const written = {
    ...{ name: 'write', version: '1.0.0', type: 'mail', from: 'Voorman <foreman@corp.example>', mode: 'send', schema },
    ...{ smtp: { host: '127.0.0.1', port, security: 'none', ...smtp }, ...more },
  };
  return { ...ToolManifest.parse(written), file: '', folder: '' } as MailManifest;
}
const MAIL = { to: ['ada@corp.example'], subject: 'Report', text: 'All is well.' };
const newExecutor = () =>
  new MailExecutor({
    secrets: {
      read: async (ref) =>
        ('env' in ref
          ? { USER: 'foreman', PASS: 'pass-of-mail', CA: authority.certificate, BAD: 'wrong-pass' }[ref.env]
          : '') ?? '',
    },
    report: (_tool, fault) => heard.push(fault),
  });
const write = (
  manifest: MailManifest,
  args: Record<string, unknown> = MAIL,
  { approved = false, limits = {} as Limits, signal = new AbortController().signal, key = 'key-1' } = {},
): Promise<Executed> =>
  newExecutor().execute(manifest, {
    tool: compileTool(manifest),
    arguments: args as never,
    key,
    attempt: 1,
    caller: { tenant: 'default', session: 's', agent: 'a' },
    limits,
    ...(approved ? { approved: true as const } : {}),
    signal,
  });

describe('a mail', () => {
  it('is sent to whom the arguments name, with an id that every attempt of the call shares', async () => {
    const manifest = tool(await server());
    const args = { ...MAIL, cc: ['Joe@corp.example'], subject: 'Zażółć 😀', html: '<b>All</b>' };
    const first = await write(manifest, args);
    expect(first).toMatchObject({
      kind: 'output',
      output: { status: 'sent', accepted: ['ada@corp.example', 'Joe@corp.example'], rejected: [] },
    });
    expect(received[0]).toMatchObject({ from: 'foreman@corp.example', to: ['ada@corp.example', 'Joe@corp.example'] });
    const id = first.kind === 'output' ? String(first.output.message_id) : '';
    expect(id).toMatch(/^<[0-9a-f]{40}@corp\.example>$/);
    expect(received[0]?.content).toContain(`Message-ID: ${id}`);
    expect(received[0]?.content).toContain('=?UTF-8?');
    const again = await write(manifest, args);
    expect(again.kind === 'output' && again.output.message_id).toBe(id);
    const other = await write(manifest, args, { key: 'key-2' });
    expect(other.kind === 'output' && other.output.message_id).not.toBe(id);
  });

  it('is a draft where the manifest or policy says so, and nothing is connected', async () => {
    const draft = {
      kind: 'output',
      output: { status: 'draft', message: { ...MAIL, cc: [], from: 'Voorman <foreman@corp.example>' } },
    };
    expect(await write(tool(1, { mode: 'draft' }))).toMatchObject(draft);
    expect(await write(tool(1), MAIL, { limits: { draftOnly: true } })).toMatchObject(draft);
    expect(await write(tool(1), MAIL, { limits: { draftOnly: true }, approved: true })).toMatchObject(draft);
  });

  it('that is a draft is sent once a person agreed to it', async () => {
    const executed = await write(tool(await server(), { mode: 'draft' }), MAIL, { approved: true });
    expect(executed).toMatchObject({ kind: 'output', output: { status: 'sent' } });
    expect(received).toHaveLength(1);
  });

  it('goes to the addresses and domains that the manifest lists, and to no other', async () => {
    const manifest = tool(await server(), { recipients: ['@corp.example', 'joe@partner.example'] });
    expect(await write(manifest, { ...MAIL, to: ['ada@CORP.example', 'joe@partner.example'] })).toMatchObject({
      kind: 'output',
    });
    for (const to of [
      'eve@evil.example',
      'ada@corp.example.evil.example',
      'ada@sub.corp.example',
      'eve@partner.example',
      'ada@cоrp.example',
    ]) {
      expect(await write(manifest, { ...MAIL, to: ['ada@corp.example'], cc: [to] })).toMatchObject({
        kind: 'fault',
        fault: { code: 'mail/recipient-not-allowed' },
      });
    }
    expect(received).toHaveLength(1);
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
    const executed = await write(tool(1), { ...MAIL, [argument]: given });
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
      await write(tool(await server()), { ...MAIL, text: `a${evil.join(line)}` });
    expect(received).toHaveLength(3);
    expect(received.every(({ from, to }) => from === 'foreman@corp.example' && to.join() === 'ada@corp.example')).toBe(
      true,
    );
    expect(received.every(({ content }) => content.split('\r\n\r\n')[0]?.includes('forged') === false)).toBe(true);
  });

  it('fetches nothing that its text names', async () => {
    await write(tool(await server()), {
      ...MAIL,
      text: 'x',
      html: '<img src="file:///etc/hostname"><img src="cid:x">',
    });
    expect(received[0]?.content).not.toContain('Content-Disposition');
  });
});

describe('the way to the mail server', () => {
  const login = { user: { env: 'USER' }, password: { env: 'PASS' }, ca: { env: 'CA' } };

  it.each([
    ['starttls', {}],
    ['tls', { secure: true }],
  ])('is encrypted with %s, under the authority that the manifest names, and logs in', async (security, options) => {
    const port = await server({ authOptional: false, ...options });
    expect(await write(tool(port, {}, { security, ...login }))).toMatchObject({
      kind: 'output',
      output: { status: 'sent' },
    });
    expect(received).toHaveLength(1);
  });

  it('is not taken where the server’s certificate is a stranger’s', async () => {
    const { ca: _ca, ...stranger } = login;
    const executed = await write(tool(await server(), {}, { security: 'starttls', ...stranger }));
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'tool/unreachable' } });
  });

  it('is not taken without encryption where the manifest asks for it', async () => {
    const port = await server({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    expect(await write(tool(port, {}, { security: 'starttls', ca: { env: 'CA' } }))).toMatchObject({ kind: 'fault' });
    expect(received).toEqual([]);
  });

  it('carries no password in the clear', async () => {
    expect(await write(tool(await server(), {}, login))).toMatchObject({ fault: { code: 'mail/insecure' } });
  });

  it('tells a wrong password to nobody', async () => {
    const manifest = tool(
      await server({ authOptional: false }),
      {},
      { security: 'starttls', ...login, password: { env: 'BAD' } },
    );
    const executed = await write(manifest);
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'mail/rejected' }, retryable: false });
    expect(JSON.stringify([executed, heard])).not.toContain('wrong-pass');
  });
});

describe('a mail that does not arrive', () => {
  const refusing = (responseCode: number) => ({
    onRcptTo: (_address: unknown, _session: unknown, done: (fault?: Error) => void) =>
      done(Object.assign(new Error('Not here.'), { responseCode })),
  });

  it('is a fault where the server refuses it, to be tried again where it says not now', async () => {
    expect(await write(tool(await server(refusing(550))))).toMatchObject({
      kind: 'fault',
      fault: { code: 'mail/rejected' },
      retryable: false,
    });
    expect(await write(tool(await server(refusing(451))))).toMatchObject({ kind: 'fault', retryable: true });
  });

  it('says for whom it was not taken where others got it', async () => {
    const port = await server({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('no') ? done(Object.assign(new Error('No.'), { responseCode: 550 })) : done(),
    });
    expect(await write(tool(port), { ...MAIL, to: ['ada@corp.example', 'nobody@corp.example'] })).toMatchObject({
      kind: 'output',
      output: { accepted: ['ada@corp.example'], rejected: ['nobody@corp.example'] },
      note: 'Not taken for nobody@corp.example.',
    });
  });

  it('may be tried again where nobody answers', async () => {
    expect(await write(tool(1))).toMatchObject({ kind: 'fault', fault: { code: 'tool/unreachable' }, retryable: true });
  });

  it('is in doubt where the connection is lost after the text was sent', async () => {
    const port = await cutting(await server(), (bytes) => bytes.includes('All is well.'));
    expect(await write(tool(port))).toMatchObject({ kind: 'unknown', fault: { code: 'tool/connection-lost' } });
    await expect.poll(() => received.length).toBe(1);
  });

  it('is no doubt where the connection is lost before the text was sent', async () => {
    const port = await cutting(await server(), (bytes) => bytes.includes('RCPT TO'));
    expect(await write(tool(port))).toMatchObject({ kind: 'fault', retryable: true });
  });

  it('is in doubt where its time is up after the text was sent, and no doubt before', async () => {
    const slow = await server({ onData: (stream) => void stream.resume() });
    expect(await write(tool(slow, { timeout_ms: 500 }))).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/timeout' },
    });
    const silent = await server({ onConnect: () => {} });
    expect(await write(tool(silent, { timeout_ms: 500 }))).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/timeout' },
      retryable: true,
    });
  });

  it('is stopped with its session', async () => {
    const end = new AbortController();
    const silent = await server({ onConnect: () => setTimeout(() => end.abort(), 50) });
    expect(await write(tool(silent), MAIL, { signal: end.signal })).toMatchObject({
      fault: { code: 'session/cancelled' },
      retryable: false,
    });
  });
});

describe('what a mail means', () => {
  it('is to whom it goes and over which server', async () => {
    const args = { ...MAIL, to: ['ada@corp.example', 'Joe@Corp.example'], cc: 'joe@corp.example' };
    expect(await newExecutor().meaning(tool(25), args)).toEqual({
      recipients: ['ada@corp.example', 'joe@corp.example'],
      hosts: ['127.0.0.1'],
    });
    expect(await newExecutor().meaning(tool(25), { ...MAIL, to: 'x' })).toMatchObject({
      fault: { code: 'arguments/invalid' },
    });
  });
});

async function cutting(port: number, isLast: (bytes: Buffer) => boolean): Promise<number> {
  const way = await cutAfter(port, isLast);
  ends.push(() => way.stop());
  return way.port;
}
