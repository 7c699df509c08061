import type { Recorded } from '@voorman/envelope';
import { SqlExecutor, WorldExecutor } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { decision, GatewaySession, manifest } from '@voorman/tool-gateway/testing';
import { beforeAll, describe, expect, it } from 'vitest';

/* Statements that are read before anybody is asked: who writes one that takes long, or ends its reader, stops the gateway. */
const schema = { input: { sql: 'string' }, output: { rows: 'array', row_count: 'integer' } };
const database = compileTool(
  manifest({ name: 'database_query', type: 'sql', command: undefined, connection: { env: 'DB' }, schema }),
);

async function query(sql: string): Promise<{ told: Recorded | undefined; asked: PolicyInput[]; deniedMs: number }> {
  const session = new GatewaySession();
  session.tools.set('database_query', database);
  const asked: PolicyInput[] = [];
  const decide = (input: PolicyInput) => {
    asked.push(input);
    return { ...decision, allow: false };
  };
  const world = new WorldExecutor({ sql: new SqlExecutor() });
  await session.gateway(() => Promise.reject(new Error('unused')), {
    policy: { revision: 'r1', decide },
    executor: world,
  });
  const { user: before } = process.threadCpuUsage();
  await session.request('c1', 'database_query', { sql });
  const told = (await session.answers()).at(-1);
  return { told, asked, deniedMs: (process.threadCpuUsage().user - before) / 1_000 };
}

const HEAVY: [how: string, sql: string][] = [
  ['unions', `SELECT 1${' UNION SELECT 1'.repeat(4_000)}`],
  ['joins', `SELECT * FROM orders${' JOIN orders ON true'.repeat(3_000)}`],
  ['sums', `SELECT 1${'+1'.repeat(30_000)}`],
  ['brackets', `SELECT ${'('.repeat(30_000)}1${')'.repeat(30_000)}`],
  ['denials', `SELECT ${'NOT '.repeat(15_000)}true`],
  ['lists', `SELECT ${'ARRAY['.repeat(8_000)}1${']'.repeat(8_000)}`],
  ['cases', `SELECT ${'CASE WHEN 1=1 THEN '.repeat(2_500)}1${' END'.repeat(2_500)}`],
  ['comments in comments', `SELECT ${'/*'.repeat(16_000)}${'*/'.repeat(16_000)}1`],
  ['conditions', `SELECT * FROM orders WHERE 1=1${' AND 1=1'.repeat(8_000)}`],
  ['names for queries', `WITH ${Array.from({ length: 3_000 }, (_, n) => `a${n} AS (SELECT 1)`).join()} SELECT 1`],
];

describe('an attack by SQL that is heavy to read', () => {
  // The grammar is loaded once for all.
  beforeAll(() => query('SELECT 1'));

  it.each(HEAVY)('is refused or understood in a moment, and on record, where it is made of %s', async (_how, sql) => {
    const { told, deniedMs } = await query(sql);
    expect(told).toMatchObject({
      type: 'tool-refused',
      payload: { code: expect.stringMatching(/^sql\/unreadable|^policy\/denied/) },
    });
    expect(deniedMs).toBeLessThan(1_000);
  });

  it('leaves a reader behind that reads the next one', async () => {
    for (const [, sql] of HEAVY.slice(0, 4)) await query(sql);
    const { asked } = await query('SELECT * FROM orders');
    expect(asked).toMatchObject([{ query_type: 'SELECT', tables: ['public.orders'] }]);
  });
});
