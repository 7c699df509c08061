import { actorOf, counterpartOf } from '../contract/actor.ts';
import { type Contract, type Sentence, sentencesOf } from '../contract/contract.ts';
import { type Figure, figuresIn } from '../contract/figure.ts';
import { type Finding, findingAt, type Rule, where } from '../finding.ts';
import { type YearlyFees, yearlyFees } from './fees.ts';

const capping = /\b(limited to|not exceed|exceed(s)? in aggregate|capped at|maximum of|cap of|up to a maximum)\b/i;
const unlimited =
  /\b(unlimited liability|liability\b[^.;]{0,60}\b(is|shall be|be) unlimited|uncapped|without (any )?limit(ation)? (of|on|to|as to) (its |the )?(liability|amount)|liable without (any )?limit(ation)?|no limit(ation)? (of|on) (its |the )?liability)\b/i;

/** Caps of liability: none at all, unlimited on purpose, for one side only, or below what the contract costs in a year. */
export const liability: Rule = (contract) => [
  ...unlimitedLiability(contract),
  ...caps(contract),
  ...exclusions(contract),
];

const unlimitedLiability = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const match = unlimited.exec(sentence.text);
    if (!match || isUsualException(sentence.text)) return [];
    const actor = actorOf(sentence.text, /\b(liab|indemn|uncapped)/i, contract);
    const who = actor && !actor.isMutual ? `the ${actor.role}` : 'a party';
    const message = `${where(sentence)}the liability of ${who} is unlimited.`;
    return [
      findingAt(
        contract,
        sentence,
        { severity: 'high', topic: 'liability', message, burdens: actor?.role || undefined },
        match,
      ),
    ];
  });

/** What no contract can limit (death, fraud, intent) is no risk to warn of. */
const isUsualException = (text: string): boolean =>
  /\b(death|fraud|personal injury|gross negligence|wilful|willful|intent)/i.test(text);

function caps(contract: Contract): Finding[] {
  const capped = sentencesOf(contract).filter(({ text }) => capping.test(text) && /\bliab(le|ility)\b/i.test(text));
  const owners = capped.map(({ text }) => ownerOf(text, contract));
  const fees = yearlyFees(contract);
  return capped.flatMap((sentence, i) => {
    const owner = owners[i];
    const counterpart = owner && counterpartOf(owner, contract);
    const findings: Finding[] = [];
    if (owner && counterpart && !owners.includes(counterpart)) {
      const message = `${where(sentence)}only the liability of the ${owner} is capped; that of the ${counterpart} is not.`;
      findings.push(
        findingAt(contract, sentence, { severity: 'medium', topic: 'liability', message, burdens: counterpart }),
      );
    }
    return [...findings, ...belowFees(contract, sentence, fees, counterpart)];
  });
}

/** Whose liability is capped: `The Supplier's total liability`, `the liability of the Supplier`; nobody's if both sides'. */
const ownerOf = (text: string, contract: Contract): string | undefined =>
  /\b(each|either|neither|both) part(y|ies)/i.test(text)
    ? undefined
    : contract.parties.find(({ role }) =>
        new RegExp(
          `\\b${role}['’]s\\b[^.;]{0,40}\\bliability|liability of (the )?${role}\\b|\\b${role}\\b[^.;]{0,30}\\bliable\\b`,
          'i',
        ).test(text),
      )?.role;

function belowFees(
  contract: Contract,
  sentence: Sentence,
  fees: YearlyFees | undefined,
  burdens: string | undefined,
): Finding[] {
  const figures = figuresIn(sentence.text);
  const cap = figures.find((figure): figure is Extract<Figure, { kind: 'amount' }> => figure.kind === 'amount');
  if (cap && fees && cap.currency === fees.currency && cap.value < fees.value) {
    const share = Math.round((cap.value / fees.value) * 100);
    const message = `${where(sentence)}liability is capped at ${cap.text}, ${share} % of what the contract costs in a year (${fees.currency} ${fees.value.toLocaleString('en')}).`;
    const found = findingAt(contract, sentence, { severity: 'high', topic: 'liability', message, burdens });
    return [{ ...found, lines: [...found.lines, ...fees.lines] }];
  }
  const period =
    /\b(fees|amounts?|charges|price)\b.*\b(paid|payable|due)\b/i.test(sentence.text) &&
    figures.find((figure) => figure.kind === 'period');
  if (period && period.days < 360) {
    const message = `${where(sentence)}liability is capped at the fees of ${period.text}, less than those of a year.`;
    return [findingAt(contract, sentence, { severity: 'medium', topic: 'liability', message, burdens })];
  }
  return [];
}

/** Damage that one side need not make good at all. */
const exclusions = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const match =
      /\b(not (be )?liable|excludes? (all )?liability|no liability)\b[^.]*\b(indirect|consequential|lost profits?|loss of (profits?|data|revenue)|lost data)\b/i.exec(
        sentence.text,
      );
    const owner = match && actorOf(sentence.text, /\b(is|shall|are|will|excludes?)\b[^.]{0,20}\b(not|liab)/i, contract);
    if (!match || !owner || owner.isMutual) return [];
    const burdens = counterpartOf(owner.role, contract);
    const data = /\b(lost data|loss of data)\b/i.test(match[0]);
    const message = `${where(sentence)}the ${owner.role} does not answer for ${data ? 'lost data, lost profits or other' : 'lost profits or other'} indirect damage.`;
    return [
      findingAt(contract, sentence, { severity: data ? 'medium' : 'low', topic: 'liability', message, burdens }, match),
    ];
  });
