import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isAtLeast, readVersion } from './version.ts';

describe('the version that a program prints', () => {
  it.each([
    ['nats-server: v2.15.1\n', '2.15.1'],
    ['Version: 1.22.2\nBuild Commit: 0.9.1\nGo Version: go1.26.8\n', '1.22.2'],
    ['go version go1.26.8 linux/amd64\n', '1.26.8'],
    ['go version go1.27 darwin/arm64\n', '1.27.0'],
    ['nats-server: v2.15.0-RC.3\n', '2.15.0-RC.3'],
  ])('is read from %j', (output, text) => {
    expect(readVersion(output)?.text).toBe(text);
  });

  it('is unknown when nothing like one is printed', () => {
    expect(readVersion('command not found')).toBeUndefined();
  });

  it('is high enough by its numbers, not by its letters', () => {
    expect(atLeast('2.9.25', '2.15.0')).toBe(false);
    expect(atLeast('2.15.0', '2.15.0')).toBe(true);
    expect(atLeast('10.0.0', '2.15.0')).toBe(true);
  });

  it('is not high enough as a candidate for the minimum itself', () => {
    expect(atLeast('2.15.0-RC.3', '2.15.0')).toBe(false);
    expect(atLeast('2.15.1-RC.1', '2.15.0')).toBe(true);
  });

  const number = fc.nat({ max: 999 });
  test.prop([number, number, number, number, number, number])(
    'orders two versions as their numbers are ordered',
    (a, b, c, x, y, z) => {
      const expected = a !== x ? a > x : b !== y ? b > y : c >= z;
      expect(atLeast(`${a}.${b}.${c}`, `${x}.${y}.${z}`)).toBe(expected);
    },
  );
});

function atLeast(text: string, minimum: string): boolean {
  const version = readVersion(`v${text}`);
  return version !== undefined && isAtLeast(version, minimum);
}
