import { markPaid, open } from './orders.mjs';

/** Turns a cart into a paid order. */
export async function checkout(cart, { pool, payments, log }) {
  const connection = await pool.acquire();
  try {
    const order = open(connection, cart);
    const reference = await payments.charge(order.id, order.cents);
    markPaid(connection, order.id, reference);
    log.info('order paid', { order: order.id, cents: order.cents });
    return { order: order.id, cents: order.cents };
  } finally {
    pool.release(connection);
  }
}
