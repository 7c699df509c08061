import { describe, expect, it } from 'vitest';
import { RouteTable } from './routes.ts';

const newTable = (maxEntries?: number) => {
  const newTrack = () => ({ merged: 0 });
  const absorb = (into: { merged: number }) => {
    into.merged++;
  };
  return new RouteTable(newTrack, absorb, maxEntries);
};
const word = (index: number) => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');

describe('the route table', () => {
  it('counts requests by method, route template and status', () => {
    const table = newTable();
    for (let index = 0; index < 10; index++)
      table.add({ method: 'GET', path: `/orders/${index}?p=1`, status: index < 3 ? 500 : 200 });
    const summary = table.summary().map(({ method, route, status, count }) => [method, route.join('/'), status, count]);
    expect(summary).toEqual([
      ['GET', '/orders/<num>', 200, 7],
      ['GET', '/orders/<num>', 500, 3],
    ]);
  });

  it('shows a segment that takes many values as a wildcard, but not the busy ones among them', () => {
    const table = newTable();
    for (let index = 0; index < 60; index++)
      table.add({ method: 'GET', path: `/${word(index + 100)}.php`, status: 404 });
    for (let index = 0; index < 500; index++) table.add({ method: 'GET', path: '/api/orders', status: 200 });
    const routes = table.summary().map(({ route, count }) => `${route.join('/')} ${count}`);
    expect(routes).toEqual(['/api/orders 500', '/<*> 60']);
  });

  it('counts every request although a scanner tries ten thousand paths', () => {
    const table = newTable(100);
    for (let index = 0; index < 10_000; index++) table.add({ method: 'GET', path: `/${word(index)}/x`, status: 404 });
    const summary = table.summary();
    expect(summary.length).toBeLessThan(110);
    expect(summary.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });
});
