// The carrier that fetches parcels. Over HTTPS, and only for whoever shows a certificate of this stack's authority.
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { ofExecutors } from './packages.mjs';

const { LocalAuthority } = await ofExecutors('@voorman/pki/authorities');

/** The line is bad for these orders: it breaks before the carrier has booked, or before it could say that it did. */
const LOST_BEFORE = '4712';
const LOST_AFTER = '4713';

/**
 * Starts it on a free port, with a certificate by the same authority, which is made in the stack's data folder where there
 * is none yet.
 */
export async function startCarrier(data) {
  const authority = await LocalAuthority.open(join(data, 'pki'));
  await mkdir(join(data, 'secrets'), { recursive: true, mode: 0o700 });
  await writeFile(join(data, 'secrets', 'carrier-ca.pem'), authority.certificate);
  const { certificate, privateKey } = await authority.issueServer(['127.0.0.1'], 7 * 24 * 3_600);
  const pickups = [];
  const lookups = [];
  const options = { cert: certificate, key: privateKey, ca: authority.certificate, requestCert: true };
  const server = createServer(options, async (request, response) => {
    const say = (code, body) => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    // The certificate names for whom the gateway calls.
    const { O: tenant, OU: agent, CN: tool } = request.socket.getPeerCertificate().subject;
    const by = { tenant, agent, tool };
    const { pathname } = new URL(request.url, 'https://carrier');
    if (request.method === 'GET') {
      const key = pathname.replace('/pickups/', '');
      lookups.push({ key, ...by });
      return say(200, { happened: pickups.some((pickup) => pickup.key === key) });
    }
    let body = '';
    for await (const piece of request) body += piece;
    const { order } = JSON.parse(body);
    if (order === LOST_BEFORE) return request.socket.destroy();
    pickups.push({ order, key: request.headers['idempotency-key'], ...by });
    if (order === LOST_AFTER) return request.socket.destroy();
    say(200, { pickup: `P-${pickups.length}`, order });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${server.address().port}`,
    pickups,
    lookups,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
