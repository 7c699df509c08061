// An SMTP server that keeps what it takes.
import { ofExecutors } from './packages.mjs';

const { SMTPServer } = await ofExecutors('smtp-server');

/** Starts it on a free port. @returns the port, and the mails that came. */
export async function startMailbox() {
  const mails = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 200,
    onData(stream, { envelope }, done) {
      const pieces = [];
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        mails.push({ from: envelope.mailFrom.address, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  server.on('error', () => {}); // a client that breaks off
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.server.address().port,
    mails,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
