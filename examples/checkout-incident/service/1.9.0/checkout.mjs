import { findByClick, markPaid, open } from './orders.mjs';

/** Turns a cart into a paid order. The same click, sent twice, gets the same order and is charged once. */
export async function checkout(cart, { pool, payments, log }) {
  const connection = await pool.acquire();
  const earlier = findByClick(connection, cart.click);
  if (earlier) {
    pool.release(connection);
    log.info('click repeated', { order: earlier.id });
    return { order: earlier.id, cents: earlier.cents };
  }
  const order = open(connection, cart);
  const reference = await payments.charge(order.id, order.cents);
  markPaid(connection, order.id, reference);
  pool.release(connection);
  log.info('order paid', { order: order.id, cents: order.cents });
  return { order: order.id, cents: order.cents };
}
