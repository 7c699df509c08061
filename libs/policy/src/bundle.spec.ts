import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BundleParts, decodeBundle, encodeBundle, MAX_BUNDLE_BYTES } from './bundle.js';
import { BundleRejectedError } from './errors.js';
import { someParts } from './testing/parts.js';

const parts: fc.Arbitrary<BundleParts> = fc.record({
  revision: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
  createdAt: fc.constant('2026-11-21T12:00:00.000Z'),
  compiler: fc.string({ maxLength: 40 }),
  entrypoints: fc.uniqueArray(
    fc.record(
      {
        rule: fc.stringMatching(/^[a-z_]{1,10}(\/[a-z_]{1,10}){1,3}$/),
        actions: fc.constant(['tool_execute' as const]),
        tools: fc.array(fc.stringMatching(/^[a-z_]{1,9}$/), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['rule'] },
    ),
    { minLength: 1, maxLength: 5, selector: (entrypoint) => entrypoint.rule },
  ),
  wasm: fc.uint8Array({ maxLength: 300 }),
  data: fc.uint8Array({ maxLength: 300 }),
  sources: fc.uint8Array({ maxLength: 300 }),
  signatures: fc.array(fc.record({ keyid: fc.string({ maxLength: 20 }), sig: fc.string({ maxLength: 20 }) }), {
    maxLength: 3,
  }),
});

describe('a bundle', () => {
  it('comes back from its bytes as it was, whatever it holds', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const bundle = decodeBundle(encodeBundle(given));
        expect(bundle.manifest.revision).toBe(given.revision);
        expect(bundle.entrypoints).toEqual(given.entrypoints);
        expect([...(bundle.sources ?? [])]).toEqual([...(given.sources ?? [])]);
        expect([...bundle.wasm]).toEqual([...given.wasm]);
        expect([...bundle.data]).toEqual([...given.data]);
        expect(bundle.signatures).toEqual(given.signatures);
      }),
    );
  });

  it('is rejected when one byte of what its digest covers is another', () => {
    const whole = encodeBundle(someParts());
    // The list of signatures, `[]`, lies outside the digest; each byte around it counts.
    const signatures = whole.length - someParts().wasm.length - someParts().data.length - 2;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        fc.pre(at < signatures || at >= signatures + 2);
        const damaged = whole.slice();
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(() => decodeBundle(damaged)).toThrow(BundleRejectedError);
      }),
      { numRuns: 500 },
    );
  });

  it('is rejected when it was cut off, wherever that happened', () => {
    const whole = encodeBundle(someParts());
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decodeBundle(whole.subarray(0, length))).toThrow(BundleRejectedError);
    }
  });

  it('is rejected when something follows it', () => {
    const longer = new Uint8Array([...encodeBundle(someParts()), 0]);
    expect(() => decodeBundle(longer)).toThrow('its parts do not fill it exactly');
  });

  it('is rejected when it is any other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => decodeBundle(bytes)).toThrow(BundleRejectedError);
      }),
    );
  });

  it('is rejected unread when it is larger than any bundle', () => {
    expect(() => decodeBundle(new Uint8Array(MAX_BUNDLE_BYTES + 1))).toThrow('are accepted');
  });

  it('keeps its digest when signatures are added, and changes it with anything else', () => {
    const digestOf = (changes: Partial<BundleParts>) => decodeBundle(encodeBundle(someParts(changes))).digest;
    const plain = digestOf({});
    expect(digestOf({ signatures: [{ keyid: 'ops', sig: 'c2ln' }] })).toBe(plain);
    expect(digestOf({ revision: 'r2' })).not.toBe(plain);
    expect(digestOf({ wasm: new Uint8Array([1]) })).not.toBe(plain);
    expect(digestOf({ data: new Uint8Array([1]) })).not.toBe(plain);
    expect(digestOf({ sources: new Uint8Array([1]) })).not.toBe(plain);
    expect(digestOf({ entrypoints: [{ rule: 'voorman/authz/decision', tools: ['x'] }] })).not.toBe(plain);
  });

  it('is not changed by what its reader does with the buffer afterwards', () => {
    const bytes = encodeBundle(someParts());
    const bundle = decodeBundle(bytes);
    bytes.fill(0);
    expect([...bundle.wasm]).toEqual([...someParts().wasm]);
  });

  it('is not built with a revision or an entry point that no reader would accept', () => {
    expect(() => encodeBundle(someParts({ revision: '' }))).toThrow('revision');
    expect(() => encodeBundle(someParts({ entrypoints: [] }))).toThrow('entrypoints');
    expect(() => encodeBundle(someParts({ entrypoints: [{ rule: 'data.voorman' }] }))).toThrow('entrypoints');
  });
});
