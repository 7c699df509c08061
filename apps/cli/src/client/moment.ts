import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads an option that is a moment: a time such as 2026-03-01T10:15:00Z, or how long ago, such as 90s, 15m, 2h or 3d. */
export function moment(value: string): number {
  const ago = /^(\d{1,6})([smhd])$/.exec(value);
  if (ago !== null) return Date.now() - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  const at = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('Give a time such as 2026-03-01T10:15:00Z, or 15m for 15 minutes ago.');
  return at;
}
