import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@voorman/envelope';
import { LocalAuthority, type ServerIdentity } from '@voorman/pki/authorities';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Executed, Limits } from '../executor.js';
import { MailExecutor } from '../mail/mail-executor.js';
import type { MailManifest } from '../mail/mail-message.js';
import { cutAfter } from './cut-connection.js';
import { attemptOf, loadedTool } from './tool-call.js';

interface Received {
  readonly from: string;
  readonly to: string[];
  readonly content: string;
}

/** Arguments of a mail that nothing is wrong with. */
export const MAIL = { to: ['ada@corp.example'], subject: 'Report', text: 'All is well.' };

/** The manifest of a tool that sends over the server at this port of the loopback. @param smtp fields of its server. */
export function mailTool(
  port: number,
  more: Record<string, unknown> = {},
  smtp: Record<string, unknown> = {},
): MailManifest {
  const schema = { input: { to: 'array', subject: 'string', text: 'string' }, output: { status: 'string' } };
  const written = {
    ...{ name: 'write', from: 'Voorman <foreman@corp.example>', mode: 'send', schema },
    ...{ smtp: { host: '127.0.0.1', port, security: 'none', ...smtp }, ...more },
  };
  return loadedTool('mail', written);
}

interface Sending {
  readonly approved?: boolean;
  readonly limits?: Limits;
  readonly signal?: AbortSignal;
  readonly key?: string;
}

/** Real SMTP servers under an authority of their own, and the executor that sends over them. */
export class MailWorld {
  /** What the servers took, oldest first. */
  readonly received: Received[] = [];
  /** What the operator was told. */
  readonly heard: unknown[] = [];
  readonly #ends: (() => unknown)[] = [];
  #folder = '';
  #certificate = '';
  #identity: ServerIdentity | undefined;

  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'voorman-mail-'));
    const authority = await LocalAuthority.open(this.#folder);
    this.#certificate = authority.certificate;
    this.#identity = await authority.issueServer(['127.0.0.1', 'localhost'], 600);
  }

  /** Ends the servers and forgets what they took. */
  async clear(): Promise<void> {
    this.received.length = 0;
    this.heard.length = 0;
    for (const end of this.#ends.splice(0)) await end();
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }

  /** A server that keeps what it takes. @returns its port. */
  async server(more: SMTPServerOptions = {}): Promise<number> {
    const smtp = new SMTPServer({
      authOptional: true,
      closeTimeout: 100,
      key: this.#identity?.privateKey,
      cert: this.#identity?.certificate,
      onAuth: ({ username, password }, _session, done) =>
        password === 'pass-of-mail' ? done(null, { user: username ?? '' }) : done(new Error('No such user.')),
      onData: (stream, session, done) => {
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          this.received.push({
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
    this.#ends.push(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
    return (smtp.server.address() as AddressInfo).port;
  }

  /** A way to a server that is cut behind the bytes that `isLast` is true of. @returns its port. */
  async cutting(port: number, isLast: (bytes: Buffer) => boolean): Promise<number> {
    const way = await cutAfter(port, isLast);
    this.#ends.push(() => way.stop());
    return way.port;
  }

  newExecutor(): MailExecutor {
    const values = { USER: 'foreman', PASS: 'pass-of-mail', CA: this.#certificate, BAD: 'wrong-pass' };
    return new MailExecutor({
      secrets: { read: async (ref) => ('env' in ref ? values[ref.env as keyof typeof values] : undefined) ?? '' },
      report: (_tool, fault) => this.heard.push(fault),
    });
  }

  write(
    manifest: MailManifest,
    args: JsonObject = MAIL,
    { approved = false, limits = {}, signal = new AbortController().signal, key = 'key-1' }: Sending = {},
  ): Promise<Executed> {
    const more = { key, limits, signal, ...(approved ? { approved: true as const } : {}) };
    return this.newExecutor().execute(manifest, attemptOf(manifest, args, more));
  }
}
