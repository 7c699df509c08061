import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A shop's visitors: about 12 requests a second, of which half pay for a cart, until SECONDS are over. */
const base = process.env.BASE_URL;
const endsAt = Date.now() + Number(process.env.SECONDS) * 1000;
const counts = {};

const pay = () => [
  '/checkout',
  { method: 'POST', body: JSON.stringify({ items: 1 + Math.floor(Math.random() * 4), click: randomUUID() }) },
];
const look = () => [Math.random() < 0.7 ? '/products' : '/orders', {}];

/** One visitor's request; whatever comes back is counted, a broken connection too. */
async function visit() {
  const [path, options] = Math.random() < 0.5 ? pay() : look();
  const outcome = await fetch(base + path, { ...options, headers: { 'user-agent': 'shop-web/4.2' } }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    (fault) => fault.cause?.code ?? fault.name,
  );
  counts[`${path} ${outcome}`] = (counts[`${path} ${outcome}`] ?? 0) + 1;
}

const visits = new Set();
while (Date.now() < endsAt) {
  const one = visit().finally(() => visits.delete(one));
  visits.add(one);
  await sleep(-Math.log(1 - Math.random()) * (1000 / 12)); // arrivals like in life: independent of each other
}
await Promise.all(visits);
console.error(counts);
