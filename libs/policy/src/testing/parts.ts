import type { BundleParts } from '../bundle.js';

export const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A well-formed bundle whose program is not one; for tests of the file alone. */
export const someParts = (changes: Partial<BundleParts> = {}): BundleParts => ({
  revision: 'r1',
  createdAt: '2026-11-21T12:00:00.000Z',
  compiler: 'opa 1.22.2',
  entrypoints: [{ rule: 'voorman/authz/decision' }],
  wasm: new Uint8Array([0, 97, 115, 109]),
  data: json({ registry: {} }),
  ...changes,
});
