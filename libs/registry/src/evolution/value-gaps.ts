import { choicesOf, strictest } from './all-of.js';
import type { Comparing, Gap } from './gap.js';

/** Numbers that the outer schema's bounds leave out. */
export function numberGaps(comparing: Comparing, onlyWhole: boolean): readonly Gap[] {
  const { at, inner, member } = comparing;
  const choices = choicesOf(inner)?.filter((choice) => typeof choice === 'number');
  const gaps: Gap[] = [];
  for (const [plain, exclusive, sign] of [
    ['minimum', 'exclusiveMinimum', 1],
    ['maximum', 'exclusiveMaximum', -1],
  ] as const) {
    // Both ends alike: a bound as the least that can be, with the sign turned for the upper end.
    const least = lowest(
      [strictest(inner, plain, ends(sign)), strictest(inner, exclusive, ends(sign))],
      sign,
      onlyWhole,
      choices,
    );
    for (const [keyword, isOpen] of [
      [plain, false],
      [exclusive, true],
    ] as const) {
      const bound = member[keyword];
      if (typeof bound !== 'number') continue;
      const wanted = sign * bound;
      const fits =
        least !== undefined && (least.value > wanted || (least.value === wanted && (!isOpen || least.isOpen)));
      if (!fits) gaps.push({ at, rule: 'range', outer: `${keyword} ${bound}`, inner: said(least, keyword, sign) });
    }
  }
  const step = member.multipleOf;
  if (
    typeof step === 'number' &&
    !(choices ?? [undefined]).every((choice) => isMultiple(choice, step, comparing, onlyWhole))
  ) {
    gaps.push({ at, rule: 'range', outer: `multipleOf ${step}`, inner: '' });
  }
  return gaps;
}

interface Least {
  readonly value: number;
  readonly isOpen: boolean;
}

const ends = (sign: number) => (sign > 0 ? Math.max : Math.min);

function lowest(
  [plain, exclusive]: readonly [number | undefined, number | undefined],
  sign: number,
  onlyWhole: boolean,
  choices: readonly number[] | undefined,
): Least | undefined {
  if (choices !== undefined) {
    return {
      value: choices.reduce((least, choice) => Math.min(least, sign * choice), Number.POSITIVE_INFINITY),
      isOpen: false,
    };
  }
  const closed = plain === undefined ? undefined : { value: sign * plain, isOpen: false };
  const open = exclusive === undefined ? undefined : { value: sign * exclusive, isOpen: true };
  const least = closed === undefined || (open !== undefined && open.value >= closed.value) ? open : closed;
  if (least === undefined || !onlyWhole) return least;
  const whole = least.isOpen ? Math.floor(least.value) + 1 : Math.ceil(least.value);
  return { value: whole, isOpen: false };
}

const said = (least: Least | undefined, keyword: string, sign: number): string =>
  least === undefined || !Number.isFinite(least.value)
    ? `no ${keyword}`
    : `${least.isOpen ? 'beyond' : 'from'} ${sign * least.value}`;

function isMultiple(choice: number | undefined, step: number, { inner }: Comparing, onlyWhole: boolean): boolean {
  // Remainders of fractions are not exact: only whole steps are compared.
  if (!Number.isSafeInteger(step)) return inner.members.some((one) => one.multipleOf === step);
  if (choice !== undefined) return Number.isSafeInteger(choice) && choice % step === 0;
  if (onlyWhole && step === 1) return true;
  return inner.members.some((one) => Number.isSafeInteger(one.multipleOf) && Number(one.multipleOf) % step === 0);
}

/** Texts that the outer schema's lengths, patterns and formats leave out. */
export function textGaps({ at, inner, member }: Comparing): readonly Gap[] {
  const gaps: Gap[] = [];
  const choices = choicesOf(inner)?.filter((choice) => typeof choice === 'string');
  const lengths = choices?.map((choice) => [...choice].length);
  const shortest = lengths === undefined ? (strictest(inner, 'minLength', Math.max) ?? 0) : Math.min(...lengths);
  const longest = lengths === undefined ? strictest(inner, 'maxLength', Math.min) : Math.max(...lengths);
  if (typeof member.minLength === 'number' && shortest < member.minLength) {
    gaps.push({ at, rule: 'length', outer: `at least ${member.minLength} characters`, inner: `${shortest}` });
  }
  if (typeof member.maxLength === 'number' && (longest === undefined || longest > member.maxLength)) {
    gaps.push({
      at,
      rule: 'length',
      outer: `at most ${member.maxLength} characters`,
      inner: `${longest ?? 'any number'}`,
    });
  }
  for (const rule of ['pattern', 'format'] as const) {
    const wanted = member[rule];
    if (typeof wanted !== 'string') continue;
    const isKept =
      rule === 'pattern' && choices !== undefined
        ? choices.every((choice) => new RegExp(wanted, 'u').test(choice))
        : inner.members.some((one) => one[rule] === wanted);
    if (!isKept) {
      const before = inner.members.map((one) => one[rule]).find((one) => typeof one === 'string');
      gaps.push({ at, rule, outer: wanted, inner: typeof before === 'string' ? before : '' });
    }
  }
  return gaps;
}
