import { isSchema, type JsonSchema } from '../json-schema.js';
import { type AllOf, strictest } from './all-of.js';
import type { Comparing, Gap } from './gap.js';

/** Lists that the outer schema's lengths leave out, and what their entries may not be. */
export function listGaps({ at, inner, member, outer, within }: Comparing): readonly Gap[] {
  const gaps: Gap[] = [];
  const fewest = strictest(inner, 'minItems', Math.max) ?? 0;
  const most = strictest(inner, 'maxItems', Math.min) ?? Number.POSITIVE_INFINITY;
  if (typeof member.minItems === 'number' && fewest < member.minItems) {
    gaps.push({ at, rule: 'length', outer: `at least ${member.minItems} entries`, inner: `${fewest}` });
  }
  if (typeof member.maxItems === 'number' && most > member.maxItems) {
    gaps.push({
      at,
      rule: 'length',
      outer: `at most ${member.maxItems} entries`,
      inner: Number.isFinite(most) ? `${most}` : 'any number',
    });
  }
  if (member.uniqueItems === true && !inner.members.some((one) => one.uniqueItems === true) && most > 1) {
    gaps.push({ at, rule: 'range', outer: 'every entry once', inner: '' });
  }
  const spelledOut = Math.max(0, ...[...inner.members, member].map((one) => prefixOf(one).length));
  for (let index = 0; index <= spelledOut && index < most; index += 1) {
    // The last round stands for every entry behind those that are spelled out.
    const wanted = entryOf(member, index);
    if (wanted === undefined || wanted === true) continue;
    const given = inner.members.map((one) => entryOf(one, index));
    if (given.includes(false)) continue;
    const place = `${at}/${index === spelledOut ? '*' : index}`;
    if (wanted === false) gaps.push({ at: place, rule: 'others', outer: '', inner: '' });
    else if (isSchema(wanted)) {
      const entry: AllOf = { members: given.filter(isSchema), root: inner.root };
      gaps.push(...within(place, entry, { members: [wanted], root: outer.root }));
    }
  }
  return gaps;
}

const prefixOf = ({ prefixItems }: JsonSchema): readonly unknown[] => (Array.isArray(prefixItems) ? prefixItems : []);

const entryOf = (schema: JsonSchema, index: number): unknown => prefixOf(schema)[index] ?? schema.items;
