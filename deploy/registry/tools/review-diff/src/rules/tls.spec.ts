import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { tlsDisabled } from './tls.ts';

describe('checking certificates switched off', () => {
  it.each([
    ['a.ts', '+  rejectUnauthorized: false,'],
    ['.env', '+NODE_TLS_REJECT_UNAUTHORIZED=0'],
    ['a.py', '+requests.get(url, verify=False)'],
    ['a.go', '+&tls.Config{InsecureSkipVerify: true}'],
    ['deploy.sh', '+curl -sk --insecure https://host/'],
    ['a.yaml', '+url: postgres://db/shop?sslmode=disable'],
  ])('is seen in %s: %s', (path, body) => {
    expect(says(tlsDisabled, path, body)).toEqual([expect.stringMatching(/^high/)]);
  });

  it.each([
    ['a.ts', '+  rejectUnauthorized: true,'],
    ['a.ts', '-  rejectUnauthorized: false,'],
    ['a.ts', '-  rejectUnauthorized: false, // for now\n+  rejectUnauthorized: false,'],
    ['a.spec.ts', '+  rejectUnauthorized: false,'],
    ['README.md', '+Never set rejectUnauthorized: false.'],
    ['a.ts', String.raw`+const unsafe = /\bCERT_NONE\b/;`],
    ['a.py', '+# verify=False would be wrong'],
  ])('is none in %s: %s', (path, body) => {
    expect(says(tlsDisabled, path, body)).toEqual([]);
  });
});
