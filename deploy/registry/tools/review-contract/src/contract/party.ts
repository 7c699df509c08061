import type { Clause, Line, Paragraph, Party, Sentence } from './contract.ts';
import { linesOf } from './contract.ts';

/** Names in quotes that a preamble defines besides its parties. */
const notParties =
  /^(agreement|contract|effective date|date|parties|party|terms?|services?|commencement date|msa|nda|schedule|order)$/i;

/** The roles that parties of contracts usually have. */
const usualRoles =
  /\b(Supplier|Customer|Client|Contractor|Provider|Service Provider|Vendor|Licensor|Licensee|Employer|Employee|Landlord|Tenant|Lessor|Lessee|Seller|Buyer|Purchaser|Consultant|Company|Lender|Borrower|Agency|Distributor|Manufacturer|Disclosing Party|Receiving Party|Controller|Processor)\b/g;

/**
 * The parties: defined in the preamble (`Quillstone Ltd (the "Supplier")`, `Supplier: Quillstone Ltd`) or in the first
 * clauses; where none is defined, the roles that the clauses speak of most.
 */
export function partiesOf(preamble: readonly Paragraph[], clauses: readonly Clause[]): Party[] {
  const opening = [...preamble, ...clauses.slice(0, 2).flatMap((clause) => clause.paragraphs)];
  const defined = opening.flatMap((paragraph) => [...inParentheses(paragraph), ...labelled(paragraph)]);
  const unique = defined.filter((party, i) => defined.findIndex(({ role }) => role === party.role) === i);
  return unique.length >= 2 ? unique : byRole(clauses);
}

function inParentheses(paragraph: Paragraph): Party[] {
  const whole: Sentence = { text: paragraph.text, paragraph, from: 0 };
  return [...paragraph.text.matchAll(/\(([^()"“”]{0,40})["“]([A-Z][\w' -]{1,40})["”][^()]*\)/g)].flatMap((match) => {
    const role = match[2] ?? '';
    if (notParties.test(role)) return [];
    const name =
      nameBefore(paragraph.text.slice(Math.max(0, match.index - 300), match.index)) ??
      (isUsualRole(role) ? '' : undefined);
    const [line] = linesOf(whole, match.index, match.index + match[0].length);
    return name !== undefined && line ? [{ role, name, line }] : [];
  });
}

const isUsualRole = (role: string): boolean => new RegExp(`^(?:${usualRoles.source})$`).test(role);

/** The name that ends right before a definition: from the last "between", "and" or definition on, without its description. */
function nameBefore(text: string): string | undefined {
  const from = /(?:^|.*(?:\bbetween:?|\bby|\band|\bamong|[();:]|\d[.)]))\s+(\S.*)$/s.exec(text)?.[1] ?? text;
  const name = from
    .split(/,\s+(?=a |an |the |with |having |whose |registered|incorporated|established|company|located)/)[0]
    ?.replace(/[,\s]+$/, '');
  return name !== undefined && /^["“]?\p{Lu}/u.test(name) && name.length <= 80 ? name : undefined;
}

function labelled(paragraph: Paragraph): Party[] {
  return paragraph.lines.flatMap((line) => {
    const found =
      /^\W*(Supplier|Customer|Client|Contractor|Provider|Vendor|Licensor|Licensee|Employer|Employee|Landlord|Tenant|Seller|Buyer|Consultant)\W*:\W*(\p{Lu}[^,(]{2,80})/u.exec(
        line.text,
      );
    return found?.[1] && found[2] ? [{ role: found[1], name: found[2].replace(/[*\s]+$/, ''), line }] : [];
  });
}

function byRole(clauses: readonly Clause[]): Party[] {
  const first = new Map<string, { line: Line; count: number }>();
  for (const { paragraphs } of clauses) {
    for (const sentence of paragraphs.flatMap((paragraph) => paragraph.sentences)) {
      for (const match of sentence.text.matchAll(usualRoles)) {
        const role = match[1] ?? '';
        const [line] = linesOf(sentence, match.index);
        const known = first.get(role);
        if (known) known.count += 1;
        else if (line) first.set(role, { line, count: 1 });
      }
    }
  }
  return [...first]
    .filter(([, { count }]) => count >= 2)
    .sort((a, b) => b[1].count - a[1].count)
    .slice(0, 2)
    .map(([role, { line }]) => ({ role, name: '', line }));
}
