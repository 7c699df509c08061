import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../json-schema.js';
import { resolve } from '../schema-parts.js';
import { type AllOf, choicesOf, kindsOf, variantsOf } from './all-of.js';
import type { Comparing, Gap } from './gap.js';
import { listGaps } from './list-gaps.js';
import { objectGaps } from './object-gaps.js';
import { numberGaps, textGaps } from './value-gaps.js';

const DEEPEST = 30;
/** Keywords that only equal ones keep: what they allow together is not worked out. */
const AS_A_WHOLE: readonly (readonly string[])[] = [
  ['oneOf'],
  ['not'],
  ['if', 'then', 'else'],
  ['dependentSchemas'],
  ['dependentRequired'],
  ['dependencies'],
  ['contains', 'minContains', 'maxContains'],
  ['unevaluatedItems'],
  ['propertyNames'],
  ['$dynamicRef'],
];

/**
 * Why not every value of `inner` is a value of `outer`; empty only where every one is. Where it cannot tell (`not`, `if`,
 * `oneOf` that differ, patterns that differ) it says so rather than guess.
 */
export function gapsBetween(inner: JsonSchema, outer: JsonSchema): readonly Gap[] {
  const under: { inner: readonly JsonSchema[]; outer: readonly JsonSchema[] }[] = [];
  const isSame = (one: readonly JsonSchema[], other: readonly JsonSchema[]) =>
    one.length === other.length && one.every((schema, index) => schema === other[index]);

  const within = (at: string, narrow: AllOf, wide: AllOf): readonly Gap[] => {
    // Asked again on the way down, the question answers itself: a recursive schema says nothing new the second time.
    if (under.some((pair) => isSame(pair.inner, narrow.members) && isSame(pair.outer, wide.members))) return [];
    const variants = variantsOf(narrow, true);
    const targets = variantsOf(wide, false);
    if (variants === undefined || targets === undefined || under.length > DEEPEST) return [unclear(at)];
    under.push({ inner: narrow.members, outer: wide.members });
    const gaps = variants.flatMap(
      (variant) => fewest(targets.map((target) => against(at, variant, target))) ?? [unclear(at)],
    );
    under.pop();
    return gaps;
  };

  const against = (at: string, narrow: AllOf, wide: AllOf): readonly Gap[] => {
    const kinds = kindsOf(narrow);
    if (kinds.length === 0) return [];
    return wide.members.flatMap((member) => {
      if (isDeepStrictEqual(member, {})) return [];
      const comparing: Comparing = { at, inner: narrow, member, outer: wide, within };
      return [
        ...kindGaps(comparing),
        ...wholeGaps(comparing),
        ...(kinds.includes('number') || kinds.includes('integer')
          ? numberGaps(comparing, !kinds.includes('number'))
          : []),
        ...(kinds.includes('string') ? textGaps(comparing) : []),
        ...(kinds.includes('array') ? listGaps(comparing) : []),
        ...(kinds.includes('object') ? objectGaps(comparing) : []),
      ];
    });
  };

  return unique(within('', { members: [inner], root: inner }, { members: [outer], root: outer }));
}

const unclear = (at: string): Gap => ({ at, rule: 'unclear', outer: '', inner: '' });

/** The kinds of values, and the choices among them. */
function kindGaps({ at, inner, member }: Comparing): readonly Gap[] {
  const kinds = kindsOf(inner);
  const known: readonly unknown[] = [member.type ?? kinds].flat();
  const strange = kinds.filter((kind) => !known.includes(kind) && !(kind === 'integer' && known.includes('number')));
  const choices = choicesOf(inner);
  const gaps: Gap[] = [];
  if (strange.length > 0 && choices === undefined) {
    gaps.push({ at, rule: 'type', outer: known.join(' or '), inner: kinds.join(' or ') });
  }
  const taken =
    'const' in member ? [member.const] : Array.isArray(member.enum) ? (member.enum as unknown[]) : undefined;
  if (choices !== undefined && taken === undefined && strange.length > 0) {
    const lost = choices.filter((choice) => !fitsKind(choice, known));
    if (lost.length > 0) gaps.push({ at, rule: 'type', outer: known.join(' or '), inner: words(lost) });
  }
  if (taken !== undefined) {
    const lost = (choices ?? small(kinds))?.filter((choice) => !taken.some((one) => isDeepStrictEqual(one, choice)));
    if (lost === undefined) gaps.push({ at, rule: 'choices', outer: words(taken), inner: `any ${kinds.join(' or ')}` });
    else if (lost.length > 0) gaps.push({ at, rule: 'choices', outer: words(taken), inner: words(lost) });
  }
  return gaps;
}

/** All values of kinds that have few. */
function small(kinds: readonly string[]): readonly unknown[] | undefined {
  if (!kinds.every((kind) => kind === 'null' || kind === 'boolean')) return undefined;
  return kinds.flatMap((kind) => (kind === 'null' ? [null] : [true, false]));
}

function fitsKind(value: unknown, kinds: readonly unknown[]): boolean {
  if (value === null) return kinds.includes('null');
  if (Array.isArray(value)) return kinds.includes('array');
  if (typeof value === 'number')
    return kinds.includes('number') || (kinds.includes('integer') && Number.isInteger(value));
  return kinds.includes(typeof value);
}

/** What is kept only by the same words. References in them mean the same only where the whole schema is the same. */
function wholeGaps({ at, inner, member, outer }: Comparing): readonly Gap[] {
  const gaps: Gap[] = [];
  if (typeof member.$ref === 'string' && resolve(member.$ref, outer.root) === undefined) gaps.push(unclear(at));
  const isOneRoot = isDeepStrictEqual(inner.root, outer.root);
  const saysSame = (keywords: readonly string[], one: JsonSchema): boolean => {
    const wanted = keywords.map((keyword) => member[keyword]);
    const said = keywords.map((keyword) => one[keyword]);
    return isDeepStrictEqual(said, wanted) && (isOneRoot || !/"\$(ref|dynamicRef)"/.test(JSON.stringify(wanted)));
  };
  for (const keywords of AS_A_WHOLE) {
    if (!keywords.some((keyword) => keyword in member)) continue;
    if (!inner.members.some((one) => saysSame(keywords, one))) gaps.push(unclear(at));
  }
  return gaps;
}

const fewest = (all: readonly (readonly Gap[])[]): readonly Gap[] | undefined =>
  all.reduce<readonly Gap[] | undefined>(
    (best, gaps) => (best === undefined || gaps.length < best.length ? gaps : best),
    undefined,
  );

function unique(gaps: readonly Gap[]): readonly Gap[] {
  const seen = new Map(gaps.map((gap) => [JSON.stringify(gap), gap]));
  return [...seen.values()];
}

/** Values in a sentence; the first few. */
const words = (values: readonly unknown[]): string =>
  values
    .slice(0, 8)
    .map((value) => JSON.stringify(value))
    .join(', ') + (values.length > 8 ? ', …' : '');
