import type { Contract } from './contract.ts';

/** Who does something: one party by its role, or both alike. */
export type Actor = { readonly role: string; readonly isMutual: boolean } | undefined;

const mutual = 'either party|each party|both parties|the parties|a party|any party|neither party|parties|party';

/**
 * Who the subject of a verb is: `The Supplier may terminate` is the Supplier, `Either party may terminate` is both. Looks for
 * the last party that is named before the verb, within the sentence.
 */
export function actorOf(text: string, verb: RegExp, contract: Contract): Actor {
  const at = text.search(verb);
  if (at < 0) return undefined;
  const names = contract.parties.flatMap(({ role, name }) => (name === '' ? [role] : [role, name])).map(literally);
  const pattern = new RegExp(`\\b(?:(${mutual})|(${[...names, 'Supplier', 'Customer'].join('|')}))(?!['’]s)\\b`, 'gi');
  const before = [...text.slice(0, at).matchAll(pattern)].at(-1);
  if (!before) return undefined;
  if (before[1] !== undefined) return { role: '', isMutual: true };
  const named = before[2]?.toLowerCase();
  const party = contract.parties.find(({ role, name }) => role.toLowerCase() === named || name.toLowerCase() === named);
  return party ? { role: party.role, isMutual: false } : undefined;
}

/** The other party of two. */
export function counterpartOf(role: string, contract: Contract): string | undefined {
  const others = contract.parties.filter((party) => party.role !== role);
  return others.length === 1 ? others[0]?.role : undefined;
}

/** A name as a pattern that matches just it. */
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
