import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { concurrencyChanged } from './concurrency.ts';
import { testDisabled } from './disabled-test.ts';
import { leftOver } from './left-over.ts';
import { limitRemoved } from './lost-limit.ts';

describe('a left-over', () => {
  it.each([
    ['a.ts', '+  debugger;'],
    ['a.ts', '+  console.log(order);'],
    ['a.py', '+    breakpoint()'],
    ['a.go', '+// TODO handle the rest'],
  ])('is seen in %s: %s', (path, body) => {
    expect(says(leftOver, path, body)).toHaveLength(1);
  });

  it.each([
    ['scripts/build.ts', '+console.log(done);'],
    ['a.ts', "+f('TODO');"],
    ['a.ts', '-// TODO old\n+// TODO new'],
    ['README.md', '+TODO'],
  ])('is none in %s: %s', (path, body) => {
    expect(says(leftOver, path, body)).toEqual([]);
  });
});

describe('a disabled test', () => {
  it.each([
    ['a.spec.ts', "+it.skip('works', () => {});"],
    ['a.spec.ts', "+describe.only('one', () => {"],
    ['test_a.py', '+@pytest.mark.skip'],
    ['a_test.go', '+\tt.Skip("flaky")'],
    ['ATest.java', '+  @Disabled'],
  ])('is seen in %s: %s', (path, body) => {
    expect(says(testDisabled, path, body)).toHaveLength(1);
  });

  it('is none when a test is switched on again, or when skip is an ordinary name', () => {
    expect(says(testDisabled, 'a.spec.ts', "-it.skip('works', f);\n+it('works', f);")).toEqual([]);
    expect(says(testDisabled, 'a.ts', '+query.skip(10).only(name);')).toEqual([]);
  });
});

describe('changed concurrency', () => {
  it('is seen when a lock goes and what it guarded stays', () => {
    expect(says(concurrencyChanged, 'a.go', '-mu.Lock()\n-defer mu.Unlock()\n total += n')).toHaveLength(1);
    expect(
      says(
        concurrencyChanged,
        'a.java',
        '-public synchronized void add(int n) {\n+public void add(int n) {\n   total += n;',
      ),
    ).toHaveLength(1);
  });

  it('is seen when calls in turn become calls at once', () => {
    const body =
      '-for (const item of items) {\n-  await send(item);\n-}\n+await Promise.all(items.map((item) => send(item)));';
    expect(says(concurrencyChanged, 'a.ts', body)).toEqual([expect.stringContaining('all run at once')]);
    expect(says(concurrencyChanged, 'a.ts', '+items.forEach(async (item) => { await send(item); });')).toHaveLength(1);
  });

  it('is none when lock and guarded code go together, or when a lock is renamed', () => {
    expect(says(concurrencyChanged, 'a.go', ' f()\n-mu.Lock()\n-total += n\n-mu.Unlock()')).toEqual([]);
    expect(says(concurrencyChanged, 'a.go', '-mu.Lock()\n+mutex.Lock()\n total += n')).toEqual([]);
  });
});

describe('a removed limit', () => {
  it('is seen when a timeout goes while its call stays', () => {
    const body = ' const answer = await fetch(url, {\n-  signal: AbortSignal.timeout(timeoutMs),\n });';
    expect(says(limitRemoved, 'a.ts', body)).toEqual([expect.stringMatching(/^medium: `signal: AbortSignal.timeout/)]);
  });

  it('is none when it is replaced or goes with its call', () => {
    expect(says(limitRemoved, 'a.ts', ' f({\n-  timeout: 5,\n+  timeoutMs: 5000,\n });')).toEqual([]);
    expect(says(limitRemoved, 'a.ts', ' f();\n-g({\n-  a,\n-  b,\n-  timeout: 5,\n-});')).toEqual([]);
  });
});
