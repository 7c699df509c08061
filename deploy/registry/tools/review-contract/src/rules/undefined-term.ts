import type { Clause, Contract, Sentence } from '../contract/contract.ts';
import { type Finding, findingAt, type Rule } from '../finding.ts';

/** Capitalised phrases that need no definition: names of law, places, institutions, and what every contract knows. */
const common =
  /\b(Act|Law|Code|Regulation|Directive|Court|Courts|Union|Area|Kingdom|States|Republic|Government|Parliament|Ministry|Bank|Convention|Chamber|Commerce|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Friday|Internet|English|European|International|National|Uniform|Commercial|Article|Section|Clause|Schedule|Annex|Appendix|Exhibit|Attachment|Statements? of Work|Purchase Orders?|Order Forms?|Foundation|Inc|Ltd|Corporation|Company|University|Institute|Association|Licen[cs]e|These|This|Your|Our|Additional)\b/;
const binding =
  /\b(Rules|Policy|Policies|Procedures?|Terms|Guidelines|Conditions|Code of Conduct|Standards?|Specifications?)\b/;
const phrase =
  /\b(?:[Tt]he|[Aa]ny|[Ee]ach|[Ss]uch|[Aa]n?|[Aa]ll|[Ii]ts|[Oo]f|[Tt]o|[Uu]nder|[Ww]ith)\s+((?:[A-Z][a-z]+(?:-[A-Z][a-z]+)?)(?:\s+(?:of\s+)?[A-Z][a-z]+(?:-[A-Z][a-z]+)?)*)/g;

/** Terms that are written like defined ones, and are defined nowhere; and schedules that are not attached. */
export const undefinedTerm: Rule = (contract) => {
  const defined = definedTerms(contract);
  const uses = new Map<string, { sentence: Sentence; clause: Clause; index: number; count: number }>();
  for (const clause of contract.clauses) {
    for (const sentence of clause.paragraphs.flatMap((paragraph) => paragraph.sentences)) {
      for (const match of sentence.text.matchAll(phrase)) {
        const term = match[1] ?? '';
        const index = match.index + match[0].length - term.length;
        const known = uses.get(term);
        if (known) known.count += 1;
        else uses.set(term, { sentence, clause, index, count: 1 });
      }
    }
  }
  const findings: Finding[] = [];
  for (const [term, { sentence, clause, index, count }] of uses) {
    if (term.length > 60 || common.test(term) || isDefined(term, defined)) continue;
    const isName = term.includes(' ');
    const isBinding = isName && binding.test(term);
    if (!isBinding && count < (isName ? 2 : 3)) continue;
    const message = isBinding
      ? `“${term}” binds a party, but the text neither defines nor contains it.`
      : `“${term}” is written like a defined term, but nothing defines it.`;
    findings.push(
      findingAt(
        contract,
        sentence,
        { severity: isBinding ? 'medium' : 'low', topic: clause.topic, message },
        { index, 0: term },
      ),
    );
  }
  return [...findings, ...absentSchedules(contract)];
};

/** Everything in quotes that begins with a capital, the parties and what belongs to them, and the titles of clauses. */
function definedTerms(contract: Contract): Set<string> {
  const texts = [...contract.preamble, ...contract.clauses.flatMap((clause) => clause.paragraphs)].map(
    ({ text }) => text,
  );
  const quoted = texts.flatMap((text) =>
    [...text.matchAll(/["“]([A-Z][^"”]{1,60})["”]/g)].map((match) => match[1] ?? ''),
  );
  const bold = contract.clauses.flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ lines }) =>
      lines.flatMap(({ text }) => [...text.matchAll(/\*\*([A-Z][^*]{1,60})\*\*/g)].map((match) => match[1] ?? '')),
    ),
  );
  const parties = contract.parties.flatMap(({ role, name }) => [role, ...name.split(/\s+/), name]);
  const usual = ['Agreement', 'Contract', 'Party', 'Parties', 'Recitals', 'Supplier', 'Customer', 'Client'];
  return new Set([...quoted, ...bold, ...parties, ...usual].map(singular));
}

/** A phrase is defined if it is, or if each of its words is a defined term of its own (`Customer Personal Data`). */
const isDefined = (term: string, defined: ReadonlySet<string>): boolean =>
  defined.has(singular(term)) || term.split(/\s+/).every((word) => defined.has(singular(word)));

const singular = (term: string): string => term.toLowerCase().replace(/ies\b/g, 'y').replace(/s\b/g, '');

/** `Schedule A` that is referred to, while no heading of the text bears its name. */
function absentSchedules(contract: Contract): Finding[] {
  const titles = contract.clauses.map(({ title }) => title.toLowerCase());
  const seen = new Set<string>();
  return contract.clauses.flatMap((clause) =>
    clause.paragraphs.flatMap((paragraph) =>
      paragraph.sentences.flatMap((sentence) =>
        [...sentence.text.matchAll(/\b(?:Schedule|Annex|Appendix|Exhibit|Attachment)\s+(?:[A-Z]|\d{1,2})\b/g)].flatMap(
          (match) => {
            const name = match[0];
            if (seen.has(name) || titles.some((title) => title.startsWith(name.toLowerCase()))) return [];
            seen.add(name);
            return [
              findingAt(
                contract,
                sentence,
                {
                  severity: 'low',
                  topic: clause.topic,
                  message: `${name} is part of the deal, but not of this text: read it too.`,
                },
                match,
              ),
            ];
          },
        ),
      ),
    ),
  );
}
