/** A version as a program prints it: three numbers, and what comes before the release, if anything. */
export interface Version {
  readonly text: string;
  readonly numbers: readonly [number, number, number];
  readonly preRelease: boolean;
}

const PRINTED = /(?:^|[^\d.])v?(?:go)?(\d+)\.(\d+)(?:\.(\d+))?(-?(?:rc|beta|alpha|dev|preview)[\w.-]*)?/i;

/** Reads the first version in a program's output; undefined where there is none. */
export function readVersion(output: string): Version | undefined {
  const found = PRINTED.exec(output);
  if (found === null) return undefined;
  const numbers = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] as const;
  const preRelease = found[4] !== undefined;
  return { text: `${numbers.join('.')}${found[4] ?? ''}`, numbers, preRelease };
}

/** Whether a version is the minimum (`1.2.3`) or newer; a candidate for the minimum itself is not. */
export function isAtLeast(version: Version, minimum: string): boolean {
  const wanted = minimum.split('.').map(Number);
  for (const [place, number] of version.numbers.entries()) {
    const least = wanted[place] ?? 0;
    if (number !== least) return number > least;
  }
  return !version.preRelease;
}
