import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { migrationRisky } from './migration.ts';

describe('a risky migration', () => {
  it.each([
    ['m/1.sql', '+drop table orders;', 'high'],
    ['m/1.sql', '+alter table orders\n+  drop column click;', 'high'],
    ['m/1.sql', '+delete from orders;', 'high'],
    ['m/1.sql', '+update orders set paid = true;', 'medium'],
    ['m/1.sql', '+alter table orders add column due date not null;', 'medium'],
    ['migrations/1.py', '+    op.drop_column("orders", "click")', 'high'],
    ['migrations/1.ts', "+  await knex.schema.dropTable('orders');", 'high'],
  ])('is seen in %s: %s', (path, body, severity) => {
    expect(says(migrationRisky, path, body)).toEqual([expect.stringMatching(`^${severity}`)]);
  });

  it.each([
    ['m/1.sql', '+create table orders (id text);'],
    ['m/1.sql', '+alter table orders add column due date;'],
    ['m/1.sql', '+alter table orders add column n int not null default 0;'],
    ['m/1.sql', '+delete from orders\n+ where id = 1;'],
    ['m/1.sql', '+-- drop table orders;'],
    ['m/1.down.sql', '+drop table orders;'],
    ['migrations/1.py', '+def downgrade():\n+    op.drop_column("orders", "click")'],
  ])('is none in %s: %s', (path, body) => {
    expect(says(migrationRisky, path, body)).toEqual([]);
  });
});
