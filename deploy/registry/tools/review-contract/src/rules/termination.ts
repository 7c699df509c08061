import { actorOf, counterpartOf } from '../contract/actor.ts';
import { type Contract, type Sentence, sentencesOf } from '../contract/contract.ts';
import { figuresIn } from '../contract/figure.ts';
import { type Finding, findingAt, type Rule, where } from '../finding.ts';

const right =
  /\b(may|can|is entitled to|has the right to|reserves the right to)\b[^.;]{0,40}\b(terminate|cancel|end)\b/i;
const freely =
  /\bfor (its )?convenience\b|\bat any time\b|\bfor any (or no )?reason\b|\bwithout (cause|reason)\b|\bin its (sole|absolute) discretion\b/i;
const cause = /\bbreach|\bremed|\binsolven|\bbankrupt|\bfail(s|ed|ure)? to\b|\bcontrol\b/i;

/** Rights to end the contract: for one side only, at once, with long notice, or not before years have passed. */
export const termination: Rule = (contract) => [
  ...oneSided(contract),
  ...withoutNotice(contract),
  ...longNotice(contract),
  ...longTerm(contract),
];

/** Sentences that let somebody end the contract without a cause. */
const freeRights = (contract: Contract): { sentence: Sentence; actor: ReturnType<typeof actorOf> }[] =>
  sentencesOf(contract)
    .filter(({ text }) => right.test(text) && !cause.test(text) && (freely.test(text) || /\bnotice\b/i.test(text)))
    .map((sentence) => ({ sentence, actor: actorOf(sentence.text, right, contract) }));

function oneSided(contract: Contract): Finding[] {
  const rights = freeRights(contract);
  if (rights.some(({ actor }) => actor?.isMutual)) return [];
  const holders = new Set(rights.map(({ actor }) => actor?.role));
  return rights.flatMap(({ sentence, actor }) => {
    const counterpart = actor && counterpartOf(actor.role, contract);
    if (!actor || !counterpart || holders.has(counterpart)) return [];
    const message = `${where(sentence)}the ${actor.role} may end the contract without a reason; the ${counterpart} may not.`;
    return [findingAt(contract, sentence, { severity: 'high', topic: 'termination', message, burdens: counterpart })];
  });
}

const withoutNotice = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const match =
      /\b(terminate|cancel)\b[^.;]{0,80}\b(without (prior )?(written )?notice|with immediate effect|immediately)\b/i.exec(
        sentence.text,
      );
    if (!match || cause.test(sentence.text)) return [];
    const actor = actorOf(sentence.text, right, contract);
    const burdens = actor && !actor.isMutual ? counterpartOf(actor.role, contract) : undefined;
    const message = `${where(sentence)}the contract may be ended at once, without notice and without a breach.`;
    return [findingAt(contract, sentence, { severity: 'high', topic: 'termination', message, burdens }, match)];
  });

const longNoticeDays = 90;

const longNotice = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    if (!/\bterminat/i.test(sentence.text) || !/\bnotice\b/i.test(sentence.text) || /\brenew/i.test(sentence.text))
      return [];
    const period = figuresIn(sentence.text).find((figure) => figure.kind === 'period' && figure.days >= longNoticeDays);
    if (!period || !isNoticeOf(period.index, period.text, sentence.text)) return [];
    const message = `${where(sentence)}ending the contract takes ${period.text} of notice.`;
    return [
      findingAt(
        contract,
        sentence,
        { severity: 'medium', topic: 'termination', message },
        { index: period.index, 0: period.text },
      ),
    ];
  });

const isNoticeOf = (index: number, period: string, text: string): boolean =>
  /^['’]?s?['’]?\s*(prior |advance )?(written )?notice\b|^\s*(before|prior|in advance)/i.test(
    text.slice(index + period.length),
  );

const longTermDays = 720;

/** A first term of two years or more that a party cannot leave early. */
function longTerm(contract: Contract): Finding[] {
  const free = freeRights(contract).map(({ actor }) => actor);
  const bound = contract.parties.map(({ role }) => role).filter((role) => free.every((actor) => actor?.role !== role));
  if (bound.length === 0 || free.some((actor) => actor?.isMutual)) return [];
  const burdens = bound.length === 1 ? bound[0] : undefined;
  return sentencesOf(contract).flatMap((sentence) => {
    const match = /\b(initial|minimum|fixed|first)\b[^.;]{0,30}\b(term|period|duration)\b/i.exec(sentence.text);
    const period =
      match && figuresIn(sentence.text).find((figure) => figure.kind === 'period' && figure.days >= longTermDays);
    if (!period) return [];
    const message = `${where(sentence)}the contract binds the ${bound.join(' and the ')} for ${period.text}, with no way out before.`;
    const spot = { index: period.index, 0: period.text };
    return [findingAt(contract, sentence, { severity: 'medium', topic: 'termination', message, burdens }, spot)];
  });
}
