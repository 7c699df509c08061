import { actorOf } from '../contract/actor.ts';
import { sentencesOf } from '../contract/contract.ts';
import { type Figure, figuresIn } from '../contract/figure.ts';
import { findingAt, type Rule, where } from '../finding.ts';

const automatic =
  /\b(renew(s|ed)?|extend(s|ed)?|prolong(s|ed)?)\b[^.;]{0,30}\b(automatically|tacitly)\b|\b(automatically|tacitly|automatic)\b[^.;]{0,30}\b(renew|extend|prolong)/i;
/** What is extended must be the contract itself, not a licence to others, say. */
const lasting = /\brenew|\b(agreement|contract|term|subscription|period)s?\b/i;
const longNoticeDays = 90;
const longPeriodDays = 366;

type Period = Extract<Figure, { kind: 'period' }>;

/** Contracts that go on by themselves unless somebody remembers to object in time. */
export const renewal: Rule = (contract) =>
  sentencesOf(contract).flatMap((sentence) => {
    const match = automatic.exec(sentence.text);
    if (!match || !lasting.test(sentence.text) || /\bnot (be )?(automatically )?renew/i.test(sentence.text)) return [];
    const periods = figuresIn(sentence.text).filter((figure): figure is Period => figure.kind === 'period');
    const notice = periods.find((period) => isNotice(sentence.text, period));
    const term = periods.find((period) => period !== notice);
    const isLong = (notice?.days ?? 0) >= longNoticeDays || (term?.days ?? 0) > longPeriodDays;
    const forHowLong = term ? ` for ${term.text.replace('-', ' ')} at a time` : '';
    const unless = notice ? `; it must be stopped ${notice.text} ahead` : '';
    const message = `${where(sentence)}the contract renews by itself${forHowLong}${unless}.`;
    const actor = actorOf(sentence.text.slice(match.index), /\b(gives?|sends?|notif|terminat|cancel)/i, contract);
    const burdens = actor && !actor.isMutual ? actor.role : undefined;
    return [
      findingAt(contract, sentence, { severity: isLong ? 'high' : 'medium', topic: 'renewal', message, burdens }),
    ];
  });

/** `180 days before the end`, `90 days' notice`, `notice of not less than 60 days`. */
const isNotice = (text: string, { index, text: period }: Period): boolean =>
  /^['’]?s?['’]?\s*(prior |advance )?(written )?(notice|before|prior|in advance)\b/i.test(
    text.slice(index + period.length),
  ) || /\bnotice\s+(of\s+)?(at least|not less than|no later than|minimum)?\s*$/i.test(text.slice(0, index));
