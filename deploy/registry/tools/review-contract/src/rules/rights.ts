import { actorOf, counterpartOf } from '../contract/actor.ts';
import { type Contract, sentencesOf } from '../contract/contract.ts';
import { type Finding, findingAt, type Rule, where } from '../finding.ts';

/** Rights that change hands: assigned, or licensed for ever. */
export const rights: Rule = (contract) => [...assigned(contract), ...licensed(contract)];

const assigning =
  /\b(hereby |shall |will |agrees to )?(irrevocably )?(assigns?|transfers?)\b[^.;]{0,40}\b(all|any|its|the entire)\b[^.;]{0,30}\b(rights?|title|intellectual property|ownership|copyrights?)\b/i;

const assigned = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const match = assigning.exec(sentence.text);
    if (!match || /\b(may|shall|will) not\b|\bneither\b|\bdoes not\b|\bconsent\b/i.test(sentence.text)) return [];
    const actor = actorOf(sentence.text, assigning, contract);
    if (!actor || actor.isMutual) return [];
    const message = `${where(sentence)}the ${actor.role} gives away rights for good, not only their use.`;
    return [
      findingAt(contract, sentence, {
        severity: 'medium',
        topic: 'intellectual property',
        message,
        burdens: actor.role,
      }),
    ];
  });

const lasting = /\b(perpetual|irrevocable)\b/i;

const licensed = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const match = lasting.exec(sentence.text);
    if (!match || !/\blicen[cs]e|\bright to use\b/i.test(sentence.text)) return [];
    const actor = actorOf(sentence.text, /\b(grants?|gives?|licenses?)\b/i, contract);
    const isData = /\b(customer|client|user|personal|business)\s+(data|content)\b|\bits data\b/i.test(sentence.text);
    const burdens = actor && !actor.isMutual ? actor.role : undefined;
    const receiver = burdens && counterpartOf(burdens, contract);
    const what = isData ? 'data' : 'its rights';
    const message = `${where(sentence)}${receiver ? `the ${receiver} may use ${isData ? `the ${burdens}’s ${what}` : 'what is licensed'} for ever` : 'a licence is granted for ever'}, also after the contract has ended.`;
    return [
      findingAt(contract, sentence, {
        severity: isData ? 'high' : 'medium',
        topic: isData ? 'data protection' : 'intellectual property',
        message,
        burdens,
      }),
    ];
  });
