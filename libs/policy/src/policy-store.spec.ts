import { describe, expect, it } from 'vitest';
import { encodeBundle } from './bundle.js';
import { type BundleObjects, PolicyStore } from './policy-store.js';
import { someParts } from './testing/parts.js';

class Objects implements BundleObjects {
  readonly held = new Map<string, Uint8Array>();
  async put(name: string, content: Uint8Array): Promise<void> {
    this.held.set(name, content);
  }
  async get(name: string): Promise<Uint8Array | undefined> {
    return this.held.get(name);
  }
}

const bundle = (revision: string, dataBytes = 2) =>
  encodeBundle(someParts({ revision, data: new TextEncoder().encode(`{${' '.repeat(dataBytes - 2)}}`) }));

describe('the store of policies', () => {
  it('puts a bundle in force and keeps those before it', async () => {
    const store = new PolicyStore(new Objects());
    await store.publish(bundle('r1'));
    await store.publish(bundle('r2'));
    expect(await store.current()).toEqual(bundle('r2'));
    expect(await store.get('r1')).toEqual(bundle('r1'));
    expect((await store.revisions()).map((each) => each.revision)).toEqual(['r2', 'r1']);
  });

  it('keeps a revision once, the last published first', async () => {
    const store = new PolicyStore(new Objects());
    for (const revision of ['r1', 'r2', 'r1']) await store.publish(bundle(revision));
    expect((await store.revisions()).map((each) => each.revision)).toEqual(['r1', 'r2']);
    expect(await store.current()).toEqual(bundle('r1'));
  });

  it('puts nothing in force that is no bundle', async () => {
    const store = new PolicyStore(new Objects());
    await store.publish(bundle('r1'));
    await expect(store.publish(new Uint8Array(9))).rejects.toMatchObject({ code: 'policy/bundle-rejected' });
    expect(await store.current()).toEqual(bundle('r1'));
  });

  it('lets the oldest go when there are many, and gives back their room', async () => {
    const objects = new Objects();
    const store = new PolicyStore(objects);
    for (let index = 0; index < 60; index += 1) await store.publish(bundle(`r${index}`));
    expect(await store.revisions()).toHaveLength(50);
    expect(await store.get('r0')).toBeUndefined();
    expect(objects.held.get('policy-r0')).toHaveLength(0);
    expect(await store.get('r59')).toBeDefined();
  });

  it('lets the oldest go when they are large', async () => {
    const store = new PolicyStore(new Objects());
    for (let index = 0; index < 4; index += 1) await store.publish(bundle(`r${index}`, 40 * 1024 * 1024));
    expect((await store.revisions()).map((each) => each.revision)).toEqual(['r3', 'r2']);
  });
});
