import { actorOf, counterpartOf } from '../contract/actor.ts';
import { sentencesOf } from '../contract/contract.ts';
import { findingAt, type Rule, where } from '../finding.ts';

const duty = /\b(shall|will|must|agrees? to)\b[^.;]{0,40}\b(indemnify|hold harmless)\b/i;
const boundless =
  /\bwithout (any )?limit(ation)?\b(?! to)|\bunlimited\b|\bany and all\b|\bregardless of (fault|cause)\b/i;

/** Duties to indemnify that bind one side only, or know no bounds. */
export const indemnity: Rule = (contract) => {
  const duties = sentencesOf(contract)
    .filter(({ text }) => duty.test(text))
    .map((sentence) => ({ sentence, actor: actorOf(sentence.text, duty, contract) }));
  const bound = new Set(duties.map(({ actor }) => actor?.role));
  const isShared = duties.some(({ actor }) => actor?.isMutual);
  return duties.flatMap(({ sentence, actor }) => {
    if (!actor || actor.isMutual) return [];
    const counterpart = counterpartOf(actor.role, contract);
    const isMutual = isShared || (counterpart !== undefined && bound.has(counterpart));
    // "including without limitation" only opens a list.
    const isBoundless = boundless.test(
      sentence.text.replace(/\bincluding,? (but )?(without limitation|not limited)/gi, ''),
    );
    if (isMutual && !isBoundless) return [];
    const parts = [
      isMutual ? '' : 'and nobody indemnifies it in return',
      isBoundless ? 'the duty has no upper bound' : '',
    ];
    const message = `${where(sentence)}the ${actor.role} must indemnify the ${counterpart ?? 'other party'}; ${parts.filter(Boolean).join(', and ').replace(/^and /, '')}.`;
    const severity = isBoundless ? 'high' : 'medium';
    return [findingAt(contract, sentence, { severity, topic: 'indemnity', message, burdens: actor.role })];
  });
};
