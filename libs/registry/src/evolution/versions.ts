/** What a change asks of the version, from least to most. */
export type Step = 'none' | 'patch' | 'minor' | 'major';

const STEPS: readonly Step[] = ['none', 'patch', 'minor', 'major'];

export const largestStep = (steps: readonly Step[]): Step =>
  steps.reduce((most, step) => (STEPS.indexOf(step) > STEPS.indexOf(most) ? step : most), 'none');

/** A semantic version in its parts. @throws {RangeError} for what is none; manifests hold no such. */
function partsOf(version: string): { readonly numbers: readonly [number, number, number]; readonly isEarly: boolean } {
  const [, major, minor, patch, rest = ''] = /^(\d+)\.(\d+)\.(\d+)(.*)$/.exec(version) ?? [];
  if (major === undefined) throw new RangeError(`${version} is no semantic version.`);
  return { numbers: [Number(major), Number(minor), Number(patch)], isEarly: rest.startsWith('-') };
}

/**
 * Whether going from one version to the next is enough for a change. Below 1.0.0 nothing is promised yet: a minor step
 * carries a breaking change there. Of a pre-release everything may change until the version itself is out.
 */
export function isEnough(before: string, after: string, step: Step): boolean {
  if (step === 'none') return compareVersions(after, before) >= 0;
  const [from, to] = [partsOf(before), partsOf(after)];
  if (from.isEarly && sameNumbers(from.numbers, to.numbers)) return compareVersions(after, before) > 0;
  const taken = STEPS.length - 1 - from.numbers.findIndex((number, index) => number !== to.numbers[index]);
  if (sameNumbers(from.numbers, to.numbers) || compareVersions(after, before) <= 0) return false;
  const needed = step === 'major' && from.numbers[0] === 0 ? 'minor' : step;
  return taken >= STEPS.indexOf(needed);
}

/** The least version that is enough. */
export function nextVersion(before: string, step: Step): string {
  const { numbers, isEarly } = partsOf(before);
  const [major, minor, patch] = numbers;
  if (step === 'none') return before;
  if (isEarly) return numbers.join('.');
  if (step === 'major' && major > 0) return `${major + 1}.0.0`;
  if (step === 'patch') return `${major}.${minor}.${patch + 1}`;
  return `${major}.${minor + 1}.0`;
}

/** Below 0 where the first comes first, 0 where they are equal in rank (what stands behind `+` has none). */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.isEarly !== b.isEarly) return a.isEarly ? -1 : 1;
  return a.isEarly ? compareEarly(earlyOf(one), earlyOf(other)) : 0;
}

const earlyOf = (version: string): readonly string[] =>
  (version.split('+')[0] ?? '').split('-').slice(1).join('-').split('.');

/** Field by field: numbers by value and before words, the shorter first. As semver.org, point 11, says. */
function compareEarly(one: readonly string[], other: readonly string[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [a, b] = [one[index], other[index]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    if (a === b) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (isNumber && isOtherNumber) return Number(a) - Number(b);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return 0;
}

const sameNumbers = (one: readonly number[], other: readonly number[]): boolean =>
  one.every((number, index) => number === other[index]);
