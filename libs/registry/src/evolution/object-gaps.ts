import { isSchema } from '../json-schema.js';
import { type AllOf, requiredIn, strictest } from './all-of.js';
import { evaluates, type Fields, fieldsOf, keysOf, matches } from './fields.js';
import type { Comparing, Gap } from './gap.js';

/** Objects that the outer schema leaves out: for a field that they lack or have, or for what it holds. */
export function objectGaps(comparing: Comparing): readonly Gap[] {
  const { at, inner, member } = comparing;
  const fields = fieldsOf(inner);
  const required = requiredIn(inner);
  const gaps: Gap[] = [...countGaps(comparing, fields, required)];
  for (const name of Array.isArray(member.required) ? (member.required as string[]) : []) {
    if (!required.has(name)) gaps.push({ at: `${at}/${escaped(name)}`, rule: 'required', outer: '', inner: '' });
  }
  gaps.push(...namedGaps(comparing, fields), ...patternGaps(comparing, fields), ...otherGaps(comparing, fields));
  if (member.unevaluatedProperties !== undefined) gaps.push(...unevaluatedGaps(comparing, fields));
  return gaps;
}

function countGaps({ at, inner, member }: Comparing, fields: Fields, required: ReadonlySet<string>): readonly Gap[] {
  const fewest = Math.max(required.size, strictest(inner, 'minProperties', Math.max) ?? 0);
  const known = fields.others === false && fields.patterns.size === 0 ? fields.names.size : Number.POSITIVE_INFINITY;
  const most = Math.min(known, strictest(inner, 'maxProperties', Math.min) ?? Number.POSITIVE_INFINITY);
  const gaps: Gap[] = [];
  if (typeof member.minProperties === 'number' && fewest < member.minProperties) {
    gaps.push({ at, rule: 'length', outer: `at least ${member.minProperties} fields`, inner: `${fewest}` });
  }
  if (typeof member.maxProperties === 'number' && most > member.maxProperties) {
    gaps.push({ at, rule: 'length', outer: `at most ${member.maxProperties} fields`, inner: '' });
  }
  return gaps;
}

/** The fields that the outer schema spells out. */
const namedGaps = (comparing: Comparing, fields: Fields): readonly Gap[] =>
  keysOf(comparing.member.properties).flatMap((name) =>
    inside(
      comparing,
      escaped(name),
      fields.at(name),
      (comparing.member.properties as Record<string, unknown>)[name],
      'gone',
    ),
  );

function patternGaps(comparing: Comparing, fields: Fields): readonly Gap[] {
  const { member } = comparing;
  return keysOf(member.patternProperties).flatMap((pattern) => {
    const wanted = (member.patternProperties as Record<string, unknown>)[pattern];
    const named = [...fields.names].filter((name) => matches(pattern, name));
    const gaps = named.flatMap((name) => inside(comparing, escaped(name), fields.at(name), wanted, 'gone'));
    // A name of another pattern may match this one too: each has to hold for itself.
    for (const own of fields.patterns) gaps.push(...inside(comparing, '*', fields.atPattern(own), wanted, 'others'));
    return [...gaps, ...inside(comparing, '*', fields.others, wanted, 'others')];
  });
}

/** What the outer schema says of the fields that it does not spell out. */
function otherGaps(comparing: Comparing, fields: Fields): readonly Gap[] {
  const { member } = comparing;
  const wanted = member.additionalProperties;
  if (wanted === undefined || wanted === true) return [];
  const { additionalProperties: _itself, ...spelled } = member;
  const own = keysOf(member.patternProperties);
  return [
    ...[...fields.names]
      .filter((name) => !evaluates(spelled, name))
      .flatMap((name) => inside(comparing, escaped(name), fields.at(name), wanted, 'gone')),
    ...[...fields.patterns]
      .filter((pattern) => !own.includes(pattern))
      .flatMap((pattern) => inside(comparing, '*', fields.atPattern(pattern), wanted, 'others')),
    ...inside(comparing, '*', fields.others, wanted, 'others'),
  ];
}

/** Closed across references and variants: what the whole conjunction names may be there, and nothing else. */
function unevaluatedGaps(comparing: Comparing, fields: Fields): readonly Gap[] {
  const { at, member, outer } = comparing;
  const isTop = outer.members[0] === member;
  if (!isTop || member.unevaluatedProperties !== false) return [{ at, rule: 'unclear', outer: '', inner: '' }];
  const gaps = [...fields.names]
    .filter((name) => !outer.members.some((one) => evaluates(one, name)))
    .flatMap((name) => inside(comparing, escaped(name), fields.at(name), false, 'gone'));
  const patterns = [...fields.patterns].filter(
    (pattern) => !outer.members.some((one) => keysOf(one.patternProperties).includes(pattern)),
  );
  const isOpen = outer.members.some((one) => 'additionalProperties' in one && one.additionalProperties !== false);
  if (isOpen) return gaps;
  for (const pattern of patterns) gaps.push(...inside(comparing, '*', fields.atPattern(pattern), false, 'others'));
  return [...gaps, ...inside(comparing, '*', fields.others, false, 'others')];
}

function inside(
  { at, outer, within }: Comparing,
  key: string,
  given: AllOf | false,
  wanted: unknown,
  rule: 'gone' | 'others',
): readonly Gap[] {
  if (given === false || wanted === true || wanted === undefined) return [];
  if (wanted === false) return [{ at: `${at}/${key}`, rule, outer: '', inner: '' }];
  return isSchema(wanted) ? within(`${at}/${key}`, given, { members: [wanted], root: outer.root }) : [];
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
