import { describe, expect, it } from 'vitest';
import { AllowedHosts, nextHop } from './redirect.js';

const hosts = new AllowedHosts('https://api.example:8443/v1', ['cdn.example', 'files.example:9000', '[2606:4700::1]']);
const from = (method: string, url = 'https://api.example:8443/v1/search') => ({ method, url: new URL(url) });

describe('a redirect', () => {
  it.each([
    [301, 'GET', 'GET', true],
    [302, 'HEAD', 'HEAD', true],
    [303, 'GET', 'GET', true],
    [303, 'POST', 'GET', false],
    [307, 'POST', 'POST', true],
    [308, 'DELETE', 'DELETE', true],
  ])('%d of %s is followed as %s, with its body: %s', (status, method, next, keepsBody) => {
    const url = new URL('https://cdn.example/x');
    expect(nextHop(status, url.href, from(method), hosts)).toEqual({ kind: 'follow', url, method: next, keepsBody });
  });

  it.each([301, 302])('%d of what is no reading is not followed: it leaves open whether it was done', (status) => {
    expect(nextHop(status, '/elsewhere', from('POST'), hosts)).toMatchObject({ kind: 'refuse', mayHaveHappened: true });
  });

  it('that is refused says whether what was asked may be done', () => {
    const away = 'https://evil.example/';
    expect(nextHop(303, away, from('POST'), hosts)).toMatchObject({ kind: 'refuse', mayHaveHappened: true });
    expect(nextHop(307, away, from('POST'), hosts)).toMatchObject({ kind: 'refuse', mayHaveHappened: false });
    expect(nextHop(302, away, from('GET'), hosts)).toMatchObject({ kind: 'refuse', mayHaveHappened: false });
  });

  it.each([
    '/other',
    '//cdn.example/x',
    'https://files.example:9000/',
    'https://[2606:4700::1]/',
    'https://API.example:8443/',
    'https://cdn.example:8443/',
  ])('to %s leads to a host of the manifest', (location) =>
    expect(nextHop(302, location, from('GET'), hosts).kind).toBe('follow'),
  );

  it.each([
    ['another host', 'https://evil.example/'],
    ['a host that begins alike', 'https://cdn.example.evil.example/'],
    ['a host behind a user name', 'https://cdn.example@evil.example/'],
    ['a host behind a backslash', 'https:\\\\evil.example\\cdn.example'],
    ['an allowed host with a password', 'https://me:pass@cdn.example/'],
    ['another port', 'https://api.example:22/'],
    ['another port of a listed host', 'https://files.example/'],
    ['no encryption', 'http://cdn.example/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:application/json,{}'],
    ['gopher', 'gopher://cdn.example:6379/_FLUSHALL'],
    ['nothing that is an address', 'https://['],
    ['nowhere', undefined],
  ])('to %s is refused', (_where, location) => {
    expect(nextHop(302, location, from('GET'), hosts).kind).toBe('refuse');
  });
});
