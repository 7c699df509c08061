import { randomUUID } from 'node:crypto';

/** Creates the tables of a new database file. */
export const createTables = (connection) =>
  connection.exec('create table if not exists orders (id text primary key, cents integer, reference text, click text)');

/** Stores an order that waits for its payment. */
export const open = (connection, cart) => {
  const order = { id: randomUUID(), cents: cart.items * 1295 };
  connection.prepare('insert into orders (id, cents, click) values (?, ?, ?)').run(order.id, order.cents, cart.click);
  return order;
};

/** Notes the provider's reference: the order is paid. */
export const markPaid = (connection, id, reference) =>
  connection.prepare('update orders set reference = ? where id = ?').run(reference, id);

/** The newest orders, for the shop's overview. */
export const latest = (connection) =>
  connection.prepare('select id, cents, reference is not null as paid from orders order by rowid desc limit 20').all();
