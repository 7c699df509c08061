import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailManifest, MailMessage } from './mail-message.js';

/** What a connection to the mail server needs besides the manifest. */
export interface Access {
  readonly user?: string;
  readonly password?: string;
  readonly ca?: string;
}

/** What the server took. */
export interface Sent {
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
}

/** A mail that was not sent, or of which nobody knows. */
export class MailNotSentError extends Error {
  constructor(
    /** Whether the text itself was on its way: without the server's word for it, it may have been taken. */
    readonly begun: boolean,
    /** SMTP's code, where the server answered. */
    readonly status: number | undefined,
    options: ErrorOptions,
  ) {
    super('The mail was not sent.', options);
  }
}

/** The mail's bytes, in the form in which it travels. */
export async function composed(message: MailMessage, messageId: string): Promise<Buffer> {
  const composer = new MailComposer({
    from: message.from,
    to: message.to.map(plain),
    cc: message.cc.map(plain),
    subject: message.subject,
    text: message.text,
    ...(message.html === undefined ? {} : { html: message.html }),
    messageId,
    // Nothing that a text names is fetched or read from disk.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** An address that is not read once more. */
const plain = (address: string) => ({ name: '', address });

/** Sends one mail over a connection of its own. @throws {MailNotSentError} */
export async function send(
  tool: MailManifest,
  access: Access,
  message: MailMessage,
  content: Buffer,
  signal: AbortSignal,
): Promise<Sent> {
  const { host, port, security } = tool.smtp;
  const connection = new SMTPConnection({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: tool.timeout_ms,
    greetingTimeout: tool.timeout_ms,
    socketTimeout: tool.timeout_ms,
    tls: { minVersion: 'TLSv1.2', ...(access.ca === undefined ? {} : { ca: access.ca }) },
  });
  let begun = false;
  const body = Readable.from(
    (function* () {
      begun = true;
      yield content;
    })(),
  );
  const broken = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
    connection.once('end', () => reject(new Error('The server ended the connection.')));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // Whoever waits for it hears of it below; when all is over, nobody needs to.
  broken.catch(() => {});
  const step = <T>(act: (done: (fault?: Error | null, result?: T) => void) => void): Promise<T> =>
    Promise.race([
      broken,
      new Promise<T>((resolve, reject) => act((fault, result) => (fault ? reject(fault) : resolve(result as T)))),
    ]);
  try {
    signal.throwIfAborted();
    await step<void>((done) => connection.connect(done));
    const { user, password: pass } = access;
    if (user !== undefined || pass !== undefined) {
      await step<boolean>((done) => connection.login({ user: user ?? '', pass: pass ?? '' }, done));
    }
    const envelope = { from: senderOf(message.from), to: [...message.to, ...message.cc] };
    const info = await step<{ accepted?: unknown; rejected?: unknown }>((done) =>
      connection.send(envelope, body, done),
    );
    return { accepted: textsOf(info.accepted), rejected: textsOf(info.rejected) };
  } catch (cause) {
    const status = cause instanceof Error && 'responseCode' in cause ? Number(cause.responseCode) : Number.NaN;
    throw new MailNotSentError(begun, Number.isInteger(status) && status > 0 ? status : undefined, { cause });
  } finally {
    connection.close();
  }
}

const senderOf = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from;
const textsOf = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);
