import { sentencesOf } from '../contract/contract.ts';
import { findingAt, type Rule, where } from '../finding.ts';

/** Whose law applies and where disputes are heard: no fault, but what everybody asks. */
export const forum: Rule = (contract) =>
  sentencesOf(contract).flatMap((sentence) => {
    const law =
      /\b[Gg]overned by\b[^.;]*?\b(?:the )?laws? of (?:the )?((?:[A-Z][\w']*)(?:(?: and| of| the)* [A-Z][\w']*)*)/.exec(
        sentence.text,
      )?.[1];
    const courts = /\bcourts? (?:of|in|at) (?:the )?((?:[A-Z][\w']*)(?:(?: and| of| the)* [A-Z][\w']*)*)/.exec(
      sentence.text,
    )?.[1];
    const arbitration =
      /\barbitration\b/i.test(sentence.text) && /\b(shall|will|finally|settled|resolved)\b/i.test(sentence.text);
    const parts = [
      law ? `the law of ${law} applies` : '',
      courts ? `disputes go to the courts of ${courts}` : '',
      arbitration ? 'disputes go to arbitration, not to a court' : '',
    ].filter(Boolean);
    if (parts.length === 0) return [];
    return [
      findingAt(contract, sentence, {
        severity: 'low',
        topic: 'governing law',
        message: `${where(sentence)}${parts.join('; ')}.`,
      }),
    ];
  });
