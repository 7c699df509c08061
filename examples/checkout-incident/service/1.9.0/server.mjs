import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { checkout } from './checkout.mjs';
import { log } from './log.mjs';
import { createTables, latest } from './orders.mjs';
import { Payments } from './payments.mjs';
import { Pool } from './pool.mjs';

const version = '1.9.0';
const config = JSON.parse(readFileSync(new URL('config.json', import.meta.url), 'utf8'));
const pool = new Pool(process.env.DATABASE_FILE, config.database);
const payments = new Payments(process.env.PAYMENTS_URL, config.payments);

const catalogue = [
  { sku: 'mug', cents: 1295 },
  { sku: 'poster', cents: 1295 },
];

const routes = {
  'GET /health': async () => ({ version }),
  'GET /products': async () => catalogue,
  'GET /orders': async () => {
    const connection = await pool.acquire();
    try {
      return latest(connection);
    } finally {
      pool.release(connection);
    }
  },
  'POST /checkout': async (request) => checkout(await json(request), { pool, payments, log }),
};

const server = createServer(async (request, response) => {
  const startedAt = performance.now();
  const name = `${request.method} ${request.url}`;
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    const route = routes[name];
    if (!route) return answer(404, { error: 'not found' });
    answer(200, await route(request));
  } catch (error) {
    const status = error.status ?? 500;
    const fields = { route: name, status, duration_ms: Math.round(performance.now() - startedAt) };
    if (status === 402) log.warn(error.message, fields);
    else log.error(error.message, fields);
    answer(status, { error: error.message });
  }
});

const connection = await pool.acquire();
createTables(connection);
pool.release(connection);
server.listen(Number(process.env.PORT), '127.0.0.1', () =>
  log.info(`checkout ${version} listening`, { pool_size: pool.size, payment_timeout_ms: payments.timeoutMs }),
);

process.on('SIGTERM', () => {
  log.info('stopping on SIGTERM', { connections_in_use: pool.inUse });
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 3000).unref();
});
