import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiExecutor, WorldExecutor } from '@voorman/executors';
import { connectLog } from '@voorman/log/jetstream';
import { compileTool, ToolManifest } from '@voorman/registry';
import { CallHandler } from '@voorman/tool-gateway/handlers';

// A gateway with a tool or two and a policy that allows them: small enough to be started again many times a minute.
// Everything else of it, from the log to the HTTP request, is the product's.

const { NATS_URL = '', NKEY_SEED = '', BANK_URL = '', PROBED } = process.env;

const pay = {
  name: 'pay',
  version: '1.0.0',
  type: 'api',
  endpoint: BANK_URL,
  method: 'POST',
  effect: 'once',
  private_addresses: ['127.0.0.1'],
  schema: { input: { amount: 'integer' }, output: { paid: 'boolean' } },
  budget: { max_calls_per_session: 1_000_000 },
  breaker: { failures: 1_000 },
  timeout_ms: 5_000,
  ...(PROBED === undefined ? {} : { probe: { tool: 'paid', arguments: { key: '{{ call.key }}' } } }),
};
const paid = {
  ...pay,
  name: 'paid',
  method: 'GET',
  effect: 'read',
  schema: { input: { key: 'string' }, output: { happened: 'boolean' } },
  probe: undefined,
};
const tools = new Map(
  [pay, paid].map((each) => [
    each.name,
    compileTool(Object.assign(ToolManifest.parse(each), { file: each.name, folder: '.' })),
  ]),
);
const credentials = { nkeySeed: NKEY_SEED };
const connection = await connectLog({ servers: [NATS_URL], name: 'tool-gateway', credentials });
const handler = new CallHandler({
  log: connection.log,
  payloads: connection.payloads,
  policy: {
    revision: 'all',
    decide: ({ action }) => ({ action, allow: true, reasons: ['All are.'], bundle: 'all', latency_us: 1 }),
  },
  tools: () => tools,
  domainOf: () => undefined,
  executor: new WorldExecutor({ api: new ApiExecutor() }),
  clock: { nowMs: () => Date.now() },
  ids: { next: () => randomUUID() },
  random: Math.random,
  wait: async (ms, signal) => {
    await pause(ms, undefined, { signal }).catch(() => undefined);
  },
  redact: async (output) => ({ output, redacted: [] }),
  report: (tool, fault) => process.stderr.write(`${tool}: ${String(fault)}\n`),
  environment: 'test',
});
await connection.log.follow(
  async (record, delivery) => {
    if (record.type === 'tool-requested') await handler.toolRequested(record, delivery);
    if (record.type === 'settlement-requested') await handler.settlementRequested(record);
  },
  { slots: 64, buffer: 16, isOrdered: false },
);
process.send?.('ready');
