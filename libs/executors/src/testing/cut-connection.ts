import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that is cut at the worst moment. */
export interface CutConnection {
  readonly port: number;
  stop(): void;
}

/**
 * Passes everything on in both directions until the client has sent what `isLast` knows; that still arrives, but nothing
 * comes back any more, and then the client's side is cut.
 */
export async function cutAfter(port: number, isLast: (sent: Buffer) => boolean): Promise<CutConnection> {
  const sockets: Socket[] = [];
  const way = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('data', (bytes) => {
      far.write(bytes);
      if (!isLast(Buffer.from(bytes))) return;
      far.removeAllListeners('data').resume();
      setTimeout(() => near.destroy(), 150);
    });
    near.on('end', () => far.end());
    far.on('data', (bytes) => near.write(bytes));
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  return {
    port: (way.address() as AddressInfo).port,
    stop() {
      for (const socket of sockets) socket.destroy();
      way.close();
    },
  };
}
