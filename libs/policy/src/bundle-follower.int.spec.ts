import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBundle } from './bundle.js';
import { type BundleReport, type BundleSource, followBundle } from './bundle-follower.js';
import { HotPolicy } from './hot-policy.js';
import { compileRego } from './testing/compile-rego.js';
import { someParts } from './testing/parts.js';

let program: Uint8Array;
beforeAll(async () => {
  program = await compileRego('package p\n\nallow := true\n', 'p/allow');
});
const bundle = (revision: string) =>
  encodeBundle(someParts({ revision, wasm: program, entrypoints: [{ rule: 'p/allow' }] }));

/** A store with one object, which can be out of reach. */
class OneObject implements BundleSource {
  content: Uint8Array | undefined;
  reachable = true;
  readonly #watchers = new Set<(name: string) => void>();

  async get(): Promise<Uint8Array | undefined> {
    if (!this.reachable) throw new Error('out of reach');
    return this.content;
  }
  watch(changed: (name: string) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }
  hint(name = 'policy'): void {
    for (const watcher of this.#watchers) watcher(name);
  }
}

class Heard implements BundleReport {
  readonly events: string[] = [];
  #next: (() => void) | undefined;
  installed = (bundle: { revision: string }): void => this.#hear(`installed ${bundle.revision}`);
  rejected = (fault: { code: string }): void => this.#hear(fault.code);
  missing = (fault?: unknown): void => this.#hear(fault === undefined ? 'missing' : 'out of reach');
  /** Resolves when the next thing is heard. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#next = resolve;
    });
  }
  #hear(event: string): void {
    this.events.push(event);
    this.#next?.();
  }
}

describe('following the bundle', () => {
  it('installs what is there, then what a hint announces', async () => {
    const [policy, store, heard] = [new HotPolicy(), new OneObject(), new Heard()];
    store.content = bundle('r1');
    await followBundle(policy, store, heard);
    expect(policy.revision).toBe('r1');
    store.content = bundle('r2');
    store.hint();
    await heard.next();
    expect(policy.revision).toBe('r2');
    expect(heard.events).toEqual(['installed r1', 'installed r2']);
  });

  it('refuses until there is a bundle, and says so', async () => {
    const [policy, store, heard] = [new HotPolicy(), new OneObject(), new Heard()];
    await followBundle(policy, store, heard);
    expect(policy.revision).toBe('none');
    expect(heard.events).toEqual(['missing']);
  });

  it('keeps the verified bundle when the store holds a broken one, none, or is out of reach', async () => {
    const [policy, store, heard] = [new HotPolicy(), new OneObject(), new Heard()];
    store.content = bundle('r1');
    await followBundle(policy, store, heard);
    for (const spoil of [
      () => (store.content = new Uint8Array(9)),
      () => (store.content = undefined),
      () => (store.reachable = false),
    ]) {
      spoil();
      store.hint();
      await heard.next();
    }
    expect(policy.revision).toBe('r1');
    expect(heard.events).toEqual(['installed r1', 'policy/bundle-rejected', 'missing', 'out of reach']);
  });

  it('asks again without a hint when the store was out of reach', async () => {
    const [policy, store, heard] = [new HotPolicy(), new OneObject(), new Heard()];
    let again: () => void = () => undefined;
    store.reachable = false;
    await followBundle(policy, store, heard, {
      later: (look) => {
        again = look;
        return () => undefined;
      },
    });
    store.reachable = true;
    store.content = bundle('r1');
    again();
    await heard.next();
    expect(policy.revision).toBe('r1');
  });

  it('ends at the newest bundle when many hints come at once', async () => {
    const [policy, store, heard] = [new HotPolicy(), new OneObject(), new Heard()];
    const following = followBundle(policy, store, heard);
    for (const revision of ['r1', 'r2', 'r3']) {
      store.content = bundle(revision);
      store.hint();
    }
    await following;
    expect(policy.revision).toBe('r3');
  });

  it('looks at nothing when the hint is about another object, or after it was stopped', async () => {
    const [policy, store, heard] = [new HotPolicy(), new OneObject(), new Heard()];
    const stop = await followBundle(policy, store, heard);
    store.content = bundle('r1');
    store.hint('another');
    stop();
    store.hint();
    await new Promise(setImmediate);
    expect(policy.revision).toBe('none');
    expect(heard.events).toEqual(['missing']);
  });
});
