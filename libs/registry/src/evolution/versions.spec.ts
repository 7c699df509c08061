import { describe, expect, it } from 'vitest';
import { compareVersions, isEnough, nextVersion } from './versions.js';

describe('a version', () => {
  it('has to grow by as much as the change asks for', () => {
    expect(isEnough('1.2.3', '2.0.0', 'major')).toBe(true);
    expect(isEnough('1.2.3', '1.3.0', 'major')).toBe(false);
    expect(isEnough('1.2.3', '1.3.0', 'minor')).toBe(true);
    expect(isEnough('1.2.3', '1.2.4', 'minor')).toBe(false);
    expect(isEnough('1.2.3', '1.2.4', 'patch')).toBe(true);
    expect(isEnough('1.2.3', '1.2.3', 'patch')).toBe(false);
    expect(isEnough('1.2.3', '1.2.3', 'none')).toBe(true);
  });

  it('never goes back', () => {
    expect(isEnough('2.0.0', '1.9.9', 'none')).toBe(false);
    expect(isEnough('2.0.0', '1.9.9', 'patch')).toBe(false);
  });

  it('promises nothing yet below 1.0.0, and less in a pre-release', () => {
    expect(isEnough('0.1.0', '0.2.0', 'major')).toBe(true);
    expect(isEnough('0.1.0', '0.1.1', 'major')).toBe(false);
    expect(isEnough('2.0.0-rc.1', '2.0.0-rc.2', 'major')).toBe(true);
    expect(isEnough('2.0.0-rc.1', '2.0.0', 'major')).toBe(true);
    expect(isEnough('2.0.0-rc.1', '2.0.0-rc.1', 'major')).toBe(false);
  });

  it('is suggested as the least that is enough', () => {
    for (const [before, step, next] of [
      ['1.2.3', 'major', '2.0.0'],
      ['0.2.3', 'major', '0.3.0'],
      ['1.2.3', 'minor', '1.3.0'],
      ['1.2.3', 'patch', '1.2.4'],
      ['2.0.0-rc.1', 'major', '2.0.0'],
    ] as const) {
      expect(nextVersion(before, step)).toBe(next);
      expect(isEnough(before, next, step)).toBe(true);
    }
  });

  it('ranks as semver.org has it', () => {
    const ranked = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.10.0',
    ];
    expect([...ranked].reverse().sort(compareVersions)).toEqual(ranked);
    expect(compareVersions('1.0.0+one', '1.0.0+two')).toBe(0);
  });
});
