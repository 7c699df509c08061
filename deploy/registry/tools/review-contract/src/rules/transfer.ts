import { actorOf, counterpartOf } from '../contract/actor.ts';
import { sentencesOf } from '../contract/contract.ts';
import { findingAt, type Rule, where } from '../finding.ts';

const free =
  /\bmay\b(?! not)[^.;]{0,20}\b(assign|transfer|novate)\b[^.;]{0,100}\b(without\b[^.;]{0,40}\bconsent|to any (third party|person)|freely|at any time)\b/i;

/** A contract that one side may hand to whomever it likes. */
export const transfer: Rule = (contract) =>
  sentencesOf(contract).flatMap((sentence) => {
    if (!free.test(sentence.text)) return [];
    const actor = actorOf(sentence.text, free, contract);
    if (!actor || actor.isMutual) return [];
    const counterpart = counterpartOf(actor.role, contract);
    const message = `${where(sentence)}the ${actor.role} may hand the contract to somebody else, and the ${counterpart ?? 'other party'} is not asked.`;
    return [findingAt(contract, sentence, { severity: 'medium', topic: 'assignment', message, burdens: counterpart })];
  });
