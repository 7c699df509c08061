import { actorOf } from '../contract/actor.ts';
import { sentencesOf } from '../contract/contract.ts';
import { figuresIn } from '../contract/figure.ts';
import { findingAt, type Rule, where } from '../finding.ts';

const exclusive =
  /\b(shall|will|must|agrees? to)\b[^.;]{0,80}\bexclusively (from|to|for|with|through)\b|\b(shall|may|will) not\b[^.;]{0,80}\b(any other|another|third[- ]party) (supplier|provider|vendor|customer|client|distributor)\b|\b(exclusive|sole) (supplier|provider|distributor|customer)\b/i;
const competing = /\b(shall|may|will) not\b[^.;]{0,120}\b(compet(e|es|ing)|competing business|solicit)\b/i;

/** Promises to deal with nobody else, or not to compete. */
export const restriction: Rule = (contract) =>
  sentencesOf(contract).flatMap((sentence) => {
    const pattern = competing.test(sentence.text) ? competing : exclusive;
    const match = pattern.exec(sentence.text);
    if (!match) return [];
    const isCompeting = pattern === competing;
    const actor =
      actorOf(sentence.text, pattern, contract) ?? actorOf(sentence.text, /\b(shall|may|will|must) /i, contract);
    const who = actor && !actor.isMutual ? `the ${actor.role}` : 'each party';
    const after = figuresIn(sentence.text).find(
      (figure) => figure.kind === 'period' && /\bafter\b|\bfollowing\b|\bfor\b/i.test(sentence.text),
    );
    const howLong = after
      ? `, ${/\bafter\b|\bfollowing\b/i.test(sentence.text) ? `up to ${after.text} after the contract too` : `for ${after.text}`}`
      : '';
    const isLong = after?.kind === 'period' && after.days > 366;
    const message = `${where(sentence)}${who} ${isCompeting ? 'must not compete' : 'is bound to the other side alone'}${howLong}.`;
    const burdens = actor && !actor.isMutual ? actor.role : undefined;
    return [
      findingAt(contract, sentence, {
        severity: isLong ? 'high' : 'medium',
        topic: isCompeting ? 'non-compete' : 'exclusivity',
        message,
        burdens,
      }),
    ];
  });
