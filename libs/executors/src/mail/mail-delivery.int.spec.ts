import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MAIL, MailWorld, mailTool } from '../testing/mail-world.js';

const world = new MailWorld();
beforeAll(() => world.open());
afterEach(() => world.clear());
afterAll(() => world.close());

describe('the way to the mail server', () => {
  const login = { user: { env: 'USER' }, password: { env: 'PASS' }, ca: { env: 'CA' } };

  it.each([
    ['starttls', {}],
    ['tls', { secure: true }],
  ])('is encrypted with %s, under the authority that the manifest names, and logs in', async (security, options) => {
    const port = await world.server({ authOptional: false, ...options });
    expect(await world.write(mailTool(port, {}, { security, ...login }))).toMatchObject({
      kind: 'output',
      output: { status: 'sent' },
    });
    expect(world.received).toHaveLength(1);
  });

  it('is not taken where the server’s certificate is a stranger’s', async () => {
    const { ca: _ca, ...stranger } = login;
    const executed = await world.write(mailTool(await world.server(), {}, { security: 'starttls', ...stranger }));
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'tool/unreachable' } });
  });

  it('is not taken without encryption where the manifest asks for it', async () => {
    const port = await world.server({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    expect(await world.write(mailTool(port, {}, { security: 'starttls', ca: { env: 'CA' } }))).toMatchObject({
      kind: 'fault',
    });
    expect(world.received).toEqual([]);
  });

  it('carries no password in the clear', async () => {
    expect(await world.write(mailTool(await world.server(), {}, login))).toMatchObject({
      fault: { code: 'mail/insecure' },
    });
  });

  it('tells a wrong password to nobody', async () => {
    const manifest = mailTool(
      await world.server({ authOptional: false }),
      {},
      { security: 'starttls', ...login, password: { env: 'BAD' } },
    );
    const executed = await world.write(manifest);
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'mail/rejected' }, retryable: false });
    expect(JSON.stringify([executed, world.heard])).not.toContain('wrong-pass');
  });
});

describe('a mail that does not arrive', () => {
  const refusing = (responseCode: number) => ({
    onRcptTo: (_address: unknown, _session: unknown, done: (fault?: Error) => void) =>
      done(Object.assign(new Error('Not here.'), { responseCode })),
  });

  it('is a fault where the server refuses it, to be tried again where it says not now', async () => {
    expect(await world.write(mailTool(await world.server(refusing(550))))).toMatchObject({
      kind: 'fault',
      fault: { code: 'mail/rejected' },
      retryable: false,
    });
    expect(await world.write(mailTool(await world.server(refusing(451))))).toMatchObject({
      kind: 'fault',
      retryable: true,
    });
  });

  it('says for whom it was not taken where others got it', async () => {
    const port = await world.server({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('no') ? done(Object.assign(new Error('No.'), { responseCode: 550 })) : done(),
    });
    expect(
      await world.write(mailTool(port), { ...MAIL, to: ['ada@corp.example', 'nobody@corp.example'] }),
    ).toMatchObject({
      kind: 'output',
      output: { accepted: ['ada@corp.example'], rejected: ['nobody@corp.example'] },
      note: 'Not taken for nobody@corp.example.',
    });
  });

  it('may be tried again where nobody answers', async () => {
    expect(await world.write(mailTool(1))).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/unreachable' },
      retryable: true,
    });
  });

  it('is in doubt where the connection is lost after the text was sent', async () => {
    const port = await world.cutting(await world.server(), (bytes) => bytes.includes('All is well.'));
    expect(await world.write(mailTool(port))).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/connection-lost' },
    });
    await expect.poll(() => world.received.length).toBe(1);
  });

  it('is no doubt where the connection is lost before the text was sent', async () => {
    const port = await world.cutting(await world.server(), (bytes) => bytes.includes('RCPT TO'));
    expect(await world.write(mailTool(port))).toMatchObject({ kind: 'fault', retryable: true });
  });

  it('is in doubt where its time is up after the text was sent, and no doubt before', async () => {
    const slow = await world.server({ onData: (stream) => void stream.resume() });
    expect(await world.write(mailTool(slow, { timeout_ms: 500 }))).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/timeout' },
    });
    const silent = await world.server({ onConnect: () => {} });
    expect(await world.write(mailTool(silent, { timeout_ms: 500 }))).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/timeout' },
      retryable: true,
    });
  });

  it('is stopped with its session', async () => {
    const end = new AbortController();
    const silent = await world.server({ onConnect: () => setTimeout(() => end.abort(), 50) });
    expect(await world.write(mailTool(silent), MAIL, { signal: end.signal })).toMatchObject({
      fault: { code: 'session/cancelled' },
      retryable: false,
    });
  });
});
