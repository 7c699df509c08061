import { actorOf, counterpartOf } from '../contract/actor.ts';
import type { Contract, Sentence, Topic } from '../contract/contract.ts';
import { type Finding, findingAt, type Rule, type Severity, where } from '../finding.ts';

interface Wording {
  readonly looksLike: RegExp;
  readonly severity: Severity;
  readonly says: string;
  /** Sentences that other rules judge, or in which the words are harmless. */
  readonly unless?: RegExp;
}

const wordings: readonly Wording[] = [
  {
    looksLike: /\b(in|at) (its|their|his|the [A-Z]\w+['’]s) (sole|absolute|own|sole and absolute) discretion\b/,
    severity: 'medium',
    says: 'decides alone',
    unless: /\b(increase|raise|adjust)\b[^.;]*\b(fees?|prices?|charges)\b|\bterminat/i,
  },
  {
    looksLike:
      /\b(change|modify|amend|suspend|discontinue|restrict)\b[^.;]*\bwithout (any )?(prior )?(written )?notice\b/i,
    severity: 'high',
    says: 'may act without telling anybody before',
  },
  {
    looksLike:
      /\b(as (published|amended|updated|changed)\b[^.;]{0,40}\bfrom time to time|may (amend|change|update|modify) (this|these|the) (agreement|terms|policies|policy|rules))\b/i,
    severity: 'medium',
    says: 'can change the rules that bind the other side while the contract runs',
  },
  {
    looksLike: /\b(sole|only|exclusive) (and exclusive )?remed(y|ies)\b/i,
    severity: 'medium',
    says: 'owes nothing beyond this remedy',
  },
  {
    looksLike:
      /["“]as[- ]is["”]|\bas[- ]is basis\b|\bon an as[- ]is\b|\bwithout (any )?warrant(y|ies)\b|\bdisclaims? (all|any) warrant/i,
    severity: 'medium',
    says: 'promises no quality at all',
  },
  {
    looksLike:
      /\bwaives? (all|any|its|the) (right|claim)s?\b|\bclass action waiver\b|\bwaives? (the right to )?(a )?(jury )?trial\b/i,
    severity: 'medium',
    says: 'gains from a waiver of rights',
  },
  {
    looksLike: /\b(deemed|considered) (to be |to have been )?(accepted|approved|agreed)\b/i,
    severity: 'low',
    says: 'may take silence for consent',
  },
];

/** Wording that puts one side at the other's mercy. */
export const wording: Rule = (contract) =>
  contract.clauses.flatMap((clause) =>
    clause.paragraphs.flatMap((paragraph) =>
      paragraph.sentences.flatMap((sentence) => judge(contract, clause.topic, sentence)),
    ),
  );

/** Of several wordings in one sentence the gravest is told. */
function judge(contract: Contract, topic: Topic, sentence: Sentence): Finding[] {
  const found = wordings.filter(
    ({ looksLike, unless }) => looksLike.test(sentence.text) && !unless?.test(sentence.text),
  );
  const worst = found.find(({ severity }) => severity === 'high') ?? found[0];
  const match = worst?.looksLike.exec(sentence.text);
  if (!worst || !match) return [];
  const named = contract.parties
    .map(({ role }) => role)
    .find((role) => new RegExp(`\\bby the ${role}\\b`).test(sentence.text));
  const winner = named ?? winnerOf(contract, sentence, worst);
  const message = `${where(sentence)}${winner ? `the ${winner}` : 'a party'} ${worst.says} (“${match[0].length > 80 ? `${match[0].slice(0, 80)}…` : match[0]}”).`;
  return [
    findingAt(
      contract,
      sentence,
      { severity: worst.severity, topic, message, burdens: winner && counterpartOf(winner, contract) },
      match,
    ),
  ];
}

/** Who gains: mostly who is named before the words; of a waiver and of a sole remedy the other one. */
function winnerOf(contract: Contract, sentence: Sentence, { looksLike, says }: Wording): string | undefined {
  const actor =
    actorOf(sentence.text, looksLike, contract) ?? actorOf(sentence.text, /\b(may|shall|will|provides?)\b/, contract);
  const role = actor?.isMutual ? undefined : actor?.role;
  if (!/remedy|waiver/.test(says)) return role;
  const loser = holderOf(contract, sentence) ?? role;
  return loser && counterpartOf(loser, contract);
}

/** `Credits are the Customer's only remedy`: the one whose remedy it is. */
const holderOf = (contract: Contract, sentence: Sentence): string | undefined =>
  contract.parties.find(({ role }) => new RegExp(`\\b${role}['’]s\\s+(sole|only|exclusive)`).test(sentence.text))?.role;
