import { lookup } from 'node:dns/promises';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { AddressRules } from '../api/addresses.js';
import type { Overheard } from '../process/program-start.js';
import { INSIDE } from './bubblewrap.js';

/** The way out of a sandbox that may reach some hosts. */
export interface Egress {
  readonly socketFolder: string;
  readonly relay: string;
  /** What stands before the program's own words. */
  readonly relayCommand: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const PORT = 3128;
const RELAY = join(import.meta.dirname, `relay${extname(import.meta.filename)}`);
const CONNECT_WITHIN_MS = 10_000;

/**
 * One proxy for each list of hosts, on a socket file. It opens connections to those hosts only, and by an address that it
 * looked up and checked itself: a name leads to a public address, a private one has to be listed as an address.
 */
export class EgressProxies {
  readonly #proxies = new Map<string, Promise<{ egress: Egress; stop(): Promise<void> }>>();

  constructor(private readonly overheard: Overheard) {}

  async of(hosts: readonly string[]): Promise<Egress> {
    const key = JSON.stringify(hosts);
    const proxy = this.#proxies.get(key) ?? openProxy(new AllowedHosts(hosts), this.overheard);
    this.#proxies.set(key, proxy);
    return (await proxy).egress;
  }

  async stop(): Promise<void> {
    const proxies = [...this.#proxies.values()];
    this.#proxies.clear();
    await Promise.all(proxies.map(async (proxy) => (await proxy).stop()));
  }
}

/** The hosts of one profile. */
export class AllowedHosts {
  readonly #hosts: ReadonlySet<string>;
  readonly #rules: AddressRules;

  constructor(hosts: readonly string[]) {
    this.#hosts = new Set(hosts.flatMap((host) => (host.includes(':') ? [host] : [`${host}:443`, `${host}:80`])));
    this.#rules = new AddressRules(hosts.map((host) => host.split(':')[0] ?? '').filter((host) => isIP(host) !== 0));
  }

  /** The address to connect to; undefined where the host is not listed, or leads to where it must not. */
  async addressOf(host: string, port: number): Promise<string | undefined> {
    const name = host.toLowerCase().replace(/\.$/, '');
    if (!this.#hosts.has(`${name}:${port}`)) return undefined;
    const addresses = isIP(name) === 0 ? await addressesOf(name) : [name];
    return addresses.find((address) => this.#rules.allows(address));
  }
}

const addressesOf = (name: string): Promise<readonly string[]> =>
  lookup(name, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );

async function openProxy(allowed: AllowedHosts, overheard: Overheard) {
  // The outer folder keeps the machine's other users away from the socket; the inner one is what a sandbox is shown.
  const outer = await mkdtemp(join(tmpdir(), 'voorman-egress-'));
  const socketFolder = join(outer, 'socket');
  await mkdir(socketFolder);
  await chmod(socketFolder, 0o755);
  const file = join(socketFolder, 'proxy');
  const open = new Set<Socket>();
  const server = serve(allowed, overheard, open);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  await chmod(file, 0o666);
  const address = `http://127.0.0.1:${PORT}`;
  const egress: Egress = {
    socketFolder,
    relay: RELAY,
    relayCommand: [`${INSIDE.egress}/relay${extname(RELAY)}`, `${INSIDE.egress}/socket/proxy`, String(PORT)],
    env: {
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      http_proxy: address,
      https_proxy: address,
      NODE_USE_ENV_PROXY: '1',
    },
  };
  const stop = async () => {
    for (const socket of open) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(outer, { recursive: true, force: true });
  };
  return { egress, stop };
}

function serve(allowed: AllowedHosts, overheard: Overheard, open: Set<Socket>): Server {
  const refused = (host: string, port: number) => {
    overheard(
      'sandbox',
      `a connection to ${host.slice(0, 300)}:${port}, which its profile does not list, was refused.`,
    );
  };
  const server = createServer((incoming, answer) => void forward(incoming, answer, allowed, refused));
  server.on('connect', (incoming: IncomingMessage, near: Duplex, head: Buffer) => {
    near.on('error', () => near.destroy());
    void tunnel(incoming, near, head, allowed, refused, open);
  });
  return server;
}

type Refused = (host: string, port: number) => void;

async function tunnel(
  incoming: IncomingMessage,
  near: Duplex,
  head: Buffer,
  allowed: AllowedHosts,
  refused: Refused,
  open: Set<Socket>,
): Promise<void> {
  const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d{1,5})$/.exec(incoming.url ?? '') ?? [];
  const address = await allowed.addressOf(host, Number(port));
  if (address === undefined) {
    refused(host, Number(port));
    near.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const far = connect({ host: address, port: Number(port), timeout: CONNECT_WITHIN_MS });
  open.add(far);
  far.on('close', () => {
    open.delete(far);
    near.destroy();
  });
  near.on('close', () => far.destroy());
  far.on('timeout', () => far.destroy());
  far.on('error', () => near.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
  far.on('connect', () => {
    far.setTimeout(0);
    near.write('HTTP/1.1 200 Connection established\r\n\r\n');
    far.write(head);
    far.pipe(near).pipe(far);
  });
}

/** A request of plain HTTP, which names its whole address. */
async function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  allowed: AllowedHosts,
  refused: Refused,
): Promise<void> {
  const url = URL.parse(incoming.url ?? '');
  const port = Number(url?.port || 80);
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  const address = url?.protocol === 'http:' ? await allowed.addressOf(host, port) : undefined;
  if (url === null || address === undefined) {
    refused(host, port);
    answer.writeHead(403).end();
    return;
  }
  const { 'proxy-connection': _hop, ...headers } = incoming.headers;
  const onward = request({
    host: address,
    port,
    method: incoming.method,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
    agent: false,
  });
  onward.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  onward.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
