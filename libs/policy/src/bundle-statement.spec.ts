import { describe, expect, it } from 'vitest';
import { decodeBundle, encodeBundle } from './bundle.js';
import { bundleStatement, withSignatures } from './bundle-statement.js';
import { someParts } from './testing/parts.js';

const whole = encodeBundle(
  someParts({
    entrypoints: [{ rule: 'a/b', tools: ['x'], actions: ['tool_execute'] }, { rule: 'c/d' }],
    permissions: 'e/f',
    sources: new TextEncoder().encode('{}'),
  }),
);

describe('signing a bundle', () => {
  it('changes nothing that is signed', () => {
    const signed = decodeBundle(withSignatures(whole, [{ keyid: 'k', sig: 'c2ln' }]));
    const { signatures, ...rest } = signed;
    const { signatures: none, ...before } = decodeBundle(whole);
    expect(rest).toEqual(before);
    expect([none, signatures]).toEqual([[], [{ keyid: 'k', sig: 'c2ln' }]]);
    expect(bundleStatement(signed)).toEqual(bundleStatement(decodeBundle(whole)));
  });

  it('says of which bundle it is, by its digest', () => {
    const { digest } = decodeBundle(whole);
    expect(bundleStatement(decodeBundle(whole))).toEqual({ revision: 'r1', digest });
  });
});
