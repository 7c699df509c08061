import { describe, expect, it } from 'vitest';
import { ToolManifest } from '../tool-manifest.js';

const written = (more: object) => ({
  name: 'search_web',
  version: '1.0.0',
  type: 'api',
  endpoint: 'https://api.example/v1',
  schema: { input: { query: 'string', 'page?': 'integer' }, output: {} },
  ...more,
});
const problems = (more: object): string[] =>
  ToolManifest.safeParse(written(more)).error?.issues.map((one) => `${one.path.join('.')}: ${one.message}`) ?? [];
const SECRETS = { token: { env: 'SEARCH_TOKEN' } };

describe('the manifest of an api tool', () => {
  it('may say how every argument travels, with secrets in headers', () => {
    const request = {
      path: '/search/{query}',
      query: { page: '{{ args.page }}', lang: 'en' },
      headers: { Authorization: 'Bearer {{ secrets.token }}' },
      body: { filters: [{ text: '{{args.query}} please' }] },
    };
    expect(problems({ request, secrets: SECRETS, hosts: ['cdn.example:8443'] })).toEqual([]);
  });

  it.each([
    ['in the query', { request: { query: { key: '{{ secrets.token }}' } }, secrets: SECRETS }],
    ['in the body', { request: { body: { deep: ['{{ secrets.token }}'] } }, secrets: SECRETS }],
    ['that is not declared', { request: { headers: { 'X-Key': '{{ secrets.tokem }}' } }, secrets: SECRETS }],
    ['on the way to a plain http endpoint', { endpoint: 'http://api.example', secrets: SECRETS }],
  ])('has no secret %s', (_where, more) => {
    expect(problems(more)).toHaveLength(1);
  });

  it('lets a secret travel in plain text among listed private addresses', () => {
    expect(problems({ endpoint: 'http://localhost:8080', secrets: SECRETS, private_addresses: ['127.0.0.1'] })).toEqual(
      [],
    );
  });

  it('names the argument that was meant where it quotes one that there is not', () => {
    expect(problems({ request: { path: '/{quary}' } })[0]).toContain('did you mean query?');
    expect(problems({ request: { body: '{{ args.pages }}' } })[0]).toContain('did you mean page?');
  });

  it.each([
    ['a path that leads upwards', { request: { path: '/a/../b' } }],
    ['a path that has a query', { request: { path: '/a?b=c' } }],
    ['a path without a slash', { request: { path: 'a' } }],
    ['a path with other braces', { request: { path: '/{{ args.query }}' } }],
    ['a quote of something else', { request: { headers: { 'X-A': '{{ env.HOME }}' } } }],
    ['a quote with an expression', { request: { query: { a: '{{ args.query | upper }}' } } }],
    ['a quote that does not end', { request: { query: { a: '{{ args.query' } } }],
    ['a header that is set by the gateway', { request: { headers: { Host: 'other.example' } } }],
    ['the length of its own body', { request: { headers: { 'content-length': '0' } } }],
    ['a header with a line break in its name', { request: { headers: { 'a\r\nb': 'x' } } }],
    ['the idempotency key', { request: { headers: { 'Idempotency-Key': 'x' } } }],
    ['a body of a GET', { method: 'GET', request: { body: {} } }],
    ['a client certificate without TLS', { endpoint: 'http://api.example', tls: { client_certificate: true } }],
    ['a host that is an address', { hosts: ['https://other.example/'] }],
    ['a host with a wildcard', { hosts: ['*.example'] }],
    ['a private network that is everything', { private_addresses: ['0.0.0.0/0'] }],
    ['a private network of IPv6 that is everything', { private_addresses: ['::/0'] }],
    ['a private address that is none', { private_addresses: ['localhost'] }],
    ['a network whose prefix is none', { private_addresses: ['10.0.0.0/33'] }],
    ['a file as its endpoint', { endpoint: 'file:///etc/passwd' }],
    ['a password in its endpoint', { endpoint: 'https://bot:pass@api.example/' }],
  ])('is refused with %s', (_fault, more) => {
    expect(problems(more)).not.toEqual([]);
  });

  it.each(['../token', '/secrets/../../etc/shadow', 'a/../../b'])('reads no secret from the file %s', (file) => {
    expect(problems({ secrets: { token: { file } } })).not.toEqual([]);
  });

  it.each(['auth/token/lookup-self', 'secret/data/../../sys/raw/x', 'secret/data/a?list=true', 'secret/search'])(
    'reads no secret from Vault’s path %s',
    (path) => {
      expect(problems({ secrets: { token: { vault: { path, field: 'x' } } } })).not.toEqual([]);
    },
  );

  it('reads secrets from every place that there is', () => {
    const secrets = {
      a: { env: 'A' },
      b: { file: '/run/secrets/b' },
      c: { kubernetes: { secret: 'search.api', key: 'tls.crt' } },
      d: { vault: { path: 'teams/a/data/search', field: 'token' } },
    };
    expect(problems({ secrets })).toEqual([]);
    expect(problems({ secrets: { c: { kubernetes: { secret: '..', key: '..' } } } })).not.toEqual([]);
  });
});
