import { describe, expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.js';

/** Looks that end when they are told to. */
class Looks {
  begun = 0;
  underWay = 0;
  most = 0;
  #end: (() => void) | undefined;
  #fail: ((fault: Error) => void) | undefined;

  readonly look = async (): Promise<void> => {
    this.begun += 1;
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    [this.#end, this.#fail] = [resolve, reject];
    await promise.finally(() => {
      this.underWay -= 1;
    });
  };
  /** Ends the look that is under way, and lets what waits for it go on. */
  async end(fault?: Error): Promise<void> {
    if (fault === undefined) this.#end?.();
    else this.#fail?.(fault);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('looking one at a time', () => {
  it('looks once more for all that was asked meanwhile, and never twice at once', async () => {
    const looks = new Looks();
    const ask = oneAtATime(looks.look);
    const asked = [ask(), ask(), ask()];
    expect(looks.begun).toBe(1);
    await looks.end();
    expect(looks.begun).toBe(2);
    await looks.end();
    await Promise.all(asked);
    expect([looks.begun, looks.most]).toEqual([2, 1]);
  });

  it('tells whoever asked only when nothing is left to look at', async () => {
    const looks = new Looks();
    const ask = oneAtATime(looks.look);
    let isTold = false;
    const told = ask().then(() => {
      isTold = true;
    });
    void ask();
    await looks.end();
    expect(isTold).toBe(false);
    await looks.end();
    await told;
  });

  it('misses nothing that is asked for in the moment in which a look ends', async () => {
    const looks = new Looks();
    const ask = oneAtATime(looks.look);
    void ask().then(() => ask());
    await looks.end();
    expect(looks.begun).toBe(2);
  });

  it('begins anew after a look that failed', async () => {
    const looks = new Looks();
    const ask = oneAtATime(looks.look);
    const failed = ask();
    const heard = expect(failed).rejects.toThrow('out of reach');
    await looks.end(new Error('out of reach'));
    await heard;
    const next = ask();
    expect(looks.begun).toBe(2);
    await looks.end();
    await next;
  });
});
