/** A number with its unit as the code writes it; `base` is comparable: milliseconds, bytes, or the number itself. */
export interface Quantity {
  readonly value: number;
  readonly unit: string;
  readonly base: number;
  /** The name right before the number, as in `Timeout: 30`. */
  readonly key: string | undefined;
}

const factors: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, ms: 1, s: 1000, sec: 1000, secs: 1000, second: 1000, seconds: 1000 },
  ...{ m: 60_000, min: 60_000, minutes: 60_000, h: 3_600_000, hours: 3_600_000, d: 86_400_000, days: 86_400_000 },
  ...{
    k: 1e3,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    ki: 1024,
    kib: 1024,
    mi: 1024 ** 2,
    mib: 1024 ** 2,
    gi: 1024 ** 3,
    gib: 1024 ** 3,
  },
};

/** The numbers on a line of code, also those that make up a whole string such as "30s"; not those within names or versions. */
export function quantitiesOf(code: string, name: string | undefined): Quantity[] {
  const readable = code.replace(/(["'`])((?:(?!\1).)*)\1/g, (_all, _quote, inner: string) =>
    /^\s*[\d._]+\s*[a-zA-Z%]*\s*$/.test(inner) ? ` ${inner} ` : / /.test(inner) ? ' ' : inner,
  );
  const numbers = readable.matchAll(
    /(?<![\w.$-])(\d[\d_]*(?:\.\d+)?)\s?(?:\*\s*time\.(\w+)|([a-zA-Z%]+)\b)?(?![\w.]*\.\d)/g,
  );
  return [...numbers].map((found) => {
    const [, digits = '0', goUnit, suffix = ''] = found;
    const key = /([A-Za-z_][\w.-]*)\s*(?::=|[:=(])\s*$/.exec(readable.slice(0, found.index))?.[1];
    const value = Number(digits.replaceAll('_', ''));
    const isUnit = suffix === '%' || suffix.toLowerCase() in factors;
    const unit = goUnit ? (goUnits[goUnit] ?? '') : isUnit ? suffix : unitFrom(key ?? name ?? code);
    return { value, unit, base: value * (factors[unit.toLowerCase()] ?? 1), key };
  });
}

const goUnits: Readonly<Record<string, string>> = { Millisecond: 'ms', Second: 's', Minute: 'min', Hour: 'h' };

/** `timeoutMs`, `ack_wait_seconds`, `Duration.ofSeconds` carry their unit in the name. */
function unitFrom(name: string): string {
  if (/(ms|millis(econds)?)\b|Ms\b|Millis/.test(name)) return 'ms';
  if (/(_s|seconds|secs|Seconds|Secs)\b|ofSeconds/.test(name)) return 's';
  if (/minutes\b|Minutes/i.test(name)) return 'minutes';
  return '';
}

/** `800 ms`, `64mi`, `5`. */
export const formatQuantity = ({ value, unit }: Quantity): string => (unit === '' ? `${value}` : `${value} ${unit}`);
