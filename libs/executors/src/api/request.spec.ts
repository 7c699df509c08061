import { fc, test } from '@fast-check/vitest';
import type { JsonObject } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { loadedTool } from '../testing/tool-call.js';
import { type ApiManifest, type ApiRequest, toRequest } from './request.js';

const manifest = (more: object): ApiManifest =>
  loadedTool('api', {
    name: 'orders',
    endpoint: 'https://api.example/v1',
    schema: { input: { 'id?': 'string', 'city?': 'string', 'page?': 'integer', 'tags?': 'array', 'who?': 'object' } },
    secrets: { token: { env: 'TOKEN' } },
    ...more,
  });
const asked = (more: object, args: JsonObject, token = 's3cret') =>
  toRequest(manifest(more), args, 'key-1', new Map([['token', token]]));
function sent(more: object, args: JsonObject): ApiRequest {
  const request = asked(more, args);
  if ('fault' in request) throw new Error(request.fault.message);
  return request;
}
const faultOf = (more: object, args: JsonObject) => {
  const request = asked(more, args);
  return 'fault' in request ? request.fault : undefined;
};

describe('the request of a call', () => {
  it('puts every argument where the manifest wants it, and the rest into the body', () => {
    const request = {
      path: '/orders/{id}',
      query: { page: '{{ args.page }}', lang: 'en' },
      headers: { Authorization: 'Bearer {{ secrets.token }}', 'X-City': 'city={{ args.city }}' },
    };
    const { url, headers, body, method } = sent({ request }, { id: 'a b', page: 2, city: 'Ghent', tags: ['x'] });
    expect(`${method} ${url.href}`).toBe('POST https://api.example/v1/orders/a%20b?page=2&lang=en');
    expect(headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'x-city': 'city=Ghent',
      'content-type': 'application/json',
      'idempotency-key': 'key-1',
    });
    expect(JSON.parse(body ?? '')).toEqual({ tags: ['x'] });
  });

  it('keeps the type of an argument that fills a whole field of the body, and leaves out what was not given', () => {
    const body = {
      page: '{{ args.page }}',
      who: { name: '{{ args.who.name }}', age: '{{ args.who.age }}' },
      text: 'to {{ args.city }}, {{ args.id }}!',
      list: ['{{ args.tags }}', '{{ args.id }}', 'fixed'],
    };
    const request = sent({ request: { body } }, { page: 3, tags: ['a'], city: 'Ghent', who: { name: 'Ada' } });
    expect(JSON.parse(request.body ?? '')).toEqual({
      page: 3,
      who: { name: 'Ada' },
      text: 'to Ghent, !',
      list: [['a'], 'fixed'],
    });
  });

  it('has the arguments as query for GET, and a list as a parameter that comes several times', () => {
    const { url, body } = sent({ method: 'GET' }, { city: 'a&b=c#d', tags: ['x', 'y'], who: { a: 1 } });
    expect(url.search).toBe('?city=a%26b%3Dc%23d&tags=x&tags=y&who=%7B%22a%22%3A1%7D');
    expect(body).toBeUndefined();
  });

  it('has no body for a DELETE that is all address, and names the key as the service wants it', () => {
    const more = { method: 'DELETE', request: { path: '/{id}' }, idempotency_header: 'X-Request-Key' };
    const { headers, body } = sent(more, { id: '7' });
    expect(body).toBeUndefined();
    expect(headers).toMatchObject({ 'x-request-key': 'key-1' });
    expect(headers).not.toHaveProperty('content-type');
  });
});

describe('an argument that attacks', () => {
  it.each([
    '..',
    '.',
    '../../admin',
    '..\\admin',
    'a/../../admin',
    '%2e%2e%2fadmin',
    '%252e%252e/admin',
    '..%2f',
    'x/..',
    '\0',
  ])('does not lead out of its place in the path: %j', (id) =>
    expect(faultOf({ request: { path: '/orders/{id}/items' } }, { id })).toMatchObject({ code: 'arguments/invalid' }),
  );

  it('stays one segment of the path, whatever separates in it', () => {
    const { url } = sent({ request: { path: '/orders/{id}' } }, { id: 'a/b?admin=1#x;y:@evil.example//z' });
    expect(url.href).toBe('https://api.example/v1/orders/a%2Fb%3Fadmin%3D1%23x%3By%3A%40evil.example%2F%2Fz');
  });

  it('does not become two dots together with its neighbour', () => {
    expect(faultOf({ request: { path: '/o/{id}{city}/x' } }, { id: '.', city: '.' })).toBeDefined();
  });

  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('..', '.', '/', '\\', '%2e', '%2F', '%25', '?', '#', '@', ':', ';', 'a', '\r\n'))
      .map((parts) => parts.join('')),
  );
  test.prop([hostile, hostile])('changes nothing around its place, or is refused', (id, city) => {
    const request = {
      path: '/orders/{id}/items',
      query: { city: '{{ args.city }}' },
      headers: { 'X-City': '{{ args.city }}' },
    };
    const result = asked({ request }, { id, city });
    if ('fault' in result) return;
    // Read once more, as a server does.
    const read = new URL(result.url.href);
    expect(read.origin).toBe('https://api.example');
    expect(read.pathname).toMatch(/^\/v1\/orders\/[^/]+\/items$/);
    expect([...read.searchParams]).toEqual([['city', city]]);
    expect(read.hash).toBe('');
    expect(result.headers['x-city']).toMatch(/^[\t\x20-\x7e]*$/);
  });

  it('cannot be left out of the path', () => {
    expect(faultOf({ request: { path: '/orders/{id}' } }, {})).toMatchObject({
      message: expect.stringContaining('id'),
    });
    expect(faultOf({ request: { path: '/orders/{id}' } }, { id: '' })).toBeDefined();
  });

  it.each(['a\r\nX-Admin: 1', 'a\nb', 'a\0b', 'a\u0085b', 'ünïcode', '\u{1f600}', 'a\u2028b'])(
    'puts nothing but text into a header: %j',
    (city) => expect(faultOf({ request: { headers: { 'X-City': '{{ args.city }}' } } }, { city })).toBeDefined(),
  );

  it('is never read as a template', () => {
    const request = {
      path: '/{id}',
      query: { city: '{{ args.city }}' },
      headers: { 'X-City': '{{ args.city }}', Authorization: '{{ secrets.token }}' },
      body: { text: '{{ args.city }}', again: 'is {{args.city}}' },
    };
    const attack = '{{ secrets.token }} {{ args.id }} {city} <%= token %> #{token}';
    const { url, headers, body } = sent({ request }, { id: attack, city: attack });
    expect(`${url.href} ${headers['x-city']} ${body}`).not.toContain('s3cret');
    expect(JSON.parse(body ?? '')).toEqual({ text: attack, again: `is ${attack}` });
    expect(decodeURIComponent(url.pathname)).toBe(`/v1/${attack}`);
  });

  it('reaches no field that is not its own', () => {
    const body = { a: '{{ args.who.constructor.name }}', b: '{{ args.who.__proto__ }}', c: '{{ args.tags.length }}' };
    const request = sent({ request: { body } }, { who: {}, tags: [1] });
    expect(JSON.parse(request.body ?? '')).toEqual({ c: 1 });
  });

  it('does not replace a parameter that belongs to the endpoint', () => {
    const more = { method: 'GET', endpoint: 'https://api.example/v1?city=Ghent' };
    expect(faultOf(more, { city: 'Antwerp' })).toMatchObject({ message: expect.stringContaining('city') });
  });

  it('with half a character is refused', () => {
    expect(faultOf({ method: 'GET' }, { city: '\ud800' })).toBeDefined();
    expect(faultOf({ request: { path: '/{id}' } }, { id: '\udfff' })).toBeDefined();
  });

  it('is not repeated in its fault, nor is a secret', () => {
    const secret = asked({ request: { headers: { A: '{{ secrets.token }}' } } }, {}, 'bad\nsecret');
    expect(JSON.stringify(secret)).not.toContain('secret"');
    expect(secret).toMatchObject({ fault: { message: expect.stringContaining('token') } });
  });
});
