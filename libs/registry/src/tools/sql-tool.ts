import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { SecretRef } from './secret-ref.js';
import { sharedFields } from './shared-fields.js';

/** A query on PostgreSQL. */
export const SqlFields = manifestObject({
  ...sharedFields,
  type: z.literal('sql'),
  connection: SecretRef.describe('a connection string'),
  statement: z
    .string()
    .max(65_536)
    .optional()
    .describe('the query with $1, $2, …; absent: the argument `sql` holds it, and the argument `params` its values'),
  parameters: z.array(z.string().max(64)).max(100).default([]).describe('arguments that stand for $1, $2, …'),
  access: z.enum(['read', 'write']).default('read').describe('read: in a read-only transaction'),
  tables: z
    .array(z.string().max(128))
    .max(1_000)
    .optional()
    .describe(
      'tables that may be touched: orders (of the schema public), sales.orders, sales.*; absent: what policy allows',
    ),
  functions: z
    .array(z.string().max(128))
    .max(200)
    .default([])
    .describe('functions besides those of PostgreSQL that only compute; what they touch nobody checks'),
  max_rows: z.int().min(1).max(100_000).default(1_000),
  max_bytes: z
    .int()
    .min(1)
    .max(100 * 2 ** 20)
    .default(2 ** 20)
    .describe('of all rows together, as JSON'),
});
