import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask, maskPath } from './mask.ts';

describe('a masked message', () => {
  it.each([
    ['order 4711 took 12.5 ms', 'order <num> took <num> ms'],
    ['from 10.0.0.1 port 22', 'from <ip> port <num>'],
    ['upstream 10.0.0.5:8080/api', 'upstream <num>.<num>.<num>.<num>:<num>/api'],
    ['peer 10.0.0.5:8080 gone', 'peer <ip>:<num> gone'],
    ['peer fe80::1ff:fe23:4567:890a gone', 'peer <ip> gone'],
    ['id=550e8400-e29b-41d4-a716-446655440000', 'id=<uuid>'],
    ['at 0x7ffe12ab and 5f4dcc3b5aa7', 'at <hex> and <hex>'],
    ['(pid=12, uid=0)', '(pid=<num>, uid=<num>)'],
    ['"GET /api/orders/17/items" done.', '"GET /api/orders/<num>/items" done.'],
    ['at 12:30:05.123, since 2026-11-21', 'at <time>, since <time>'],
    ['session a8Kd93jfLq02mPz9xw1 ended', 'session <id> ended'],
    ['worker-12 on node7', 'worker-<num> on node<num>'],
    ['nothing to mask here: a/b c.d', 'nothing to mask here: a/b c.d'],
  ])('shows "%s" as "%s"', (message, expected) => {
    expect(mask(message)).toBe(expected);
  });

  it('has as many words as the message, and no digit left', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (message) => {
        const masked = mask(message);
        expect(masked.split(' ').length).toBe(message.split(' ').length);
        expect(masked).not.toMatch(/[0-9]/);
      }),
    );
  });
});

describe('a masked path', () => {
  it.each([
    ['/api/orders/4711?page=2', '/api/orders/<num>'],
    ['https://shop.example:443/items/12#top', '/items/<num>'],
    ['/users/550e8400-e29b-41d4-a716-446655440000/', '/users/<uuid>/'],
    ['/', '/'],
    ['*', '*'],
    ['/a/b/c/d/e/f/g/h', '/a/b/c/d/e/f/…'],
  ])('shows "%s" as "%s"', (path, expected) => {
    expect(maskPath(path, 6)).toBe(expected);
  });
});
