import { actorOf, counterpartOf } from '../contract/actor.ts';
import { type Contract, sentencesOf } from '../contract/contract.ts';
import { figuresIn } from '../contract/figure.ts';
import { type Finding, findingAt, type Rule, where } from '../finding.ts';

const highInterestPerYear = 12;
const usuriousPerYear = 20;
const shortTermDays = 14;
const longTermDays = 60;

/** Interest above 12 % a year, prices that one side may raise, and terms of payment that are unusually short or long. */
export const payment: Rule = (contract) => [
  ...interest(contract),
  ...increases(contract),
  ...terms(contract),
  ...forfeits(contract),
];

function interest(contract: Contract): Finding[] {
  const burdens = payerOf(contract);
  return sentencesOf(contract).flatMap((sentence) => {
    if (!/\binterest\b/i.test(sentence.text)) return [];
    return figuresIn(sentence.text).flatMap((figure) => {
      if (figure.kind !== 'percent' || figure.per === 'none') return [];
      const perYear = figure.per === 'month' ? Number((figure.value * 12).toFixed(2)) : figure.value;
      if (perYear <= highInterestPerYear) return [];
      const year = figure.per === 'month' ? `, which is ${perYear} % a year` : '';
      const message = `${where(sentence)}late payment costs ${figure.text.trim()} a ${figure.per}${year}.`;
      const severity = perYear > usuriousPerYear ? 'high' : 'medium';
      const spot = { index: figure.index, 0: figure.text };
      return [findingAt(contract, sentence, { severity, topic: 'payment', message, burdens }, spot)];
    });
  });
}

/** Who owes the money. */
const payerOf = (contract: Contract): string | undefined => {
  const sentence = sentencesOf(contract).find(({ text }) => /\bshall pay\b/i.test(text));
  return sentence && (actorOf(sentence.text, /\bshall pay\b/i, contract)?.role || undefined);
};

const increase =
  /\b(may|can|is entitled to|reserves the right to)\b[^.;]{0,40}\b(increase|raise|adjust|change|revise|modify)\b[^.;]{0,40}\b(fees?|prices?|charges|rates?|rent)\b/i;

const increases = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const match = increase.exec(sentence.text);
    const actor = match && actorOf(sentence.text, increase, contract);
    if (!match || !actor || actor.isMutual) return [];
    const isBounded =
      /\b(index|inflation|CPI|consumer price|not exceed|no more than|at most|up to \d|by agreement|with the consent)\b/i.test(
        sentence.text,
      );
    if (isBounded) return [];
    const message = `${where(sentence)}the ${actor.role} may raise the price, and nothing says how far.`;
    return [
      findingAt(contract, sentence, {
        severity: 'high',
        topic: 'payment',
        message,
        burdens: counterpartOf(actor.role, contract),
      }),
    ];
  });

function terms(contract: Contract): Finding[] {
  const payer = payerOf(contract);
  const payee = payer && counterpartOf(payer, contract);
  return paymentTerms(contract).flatMap(({ sentence, days, text, index }) => {
    if (days >= shortTermDays && days <= longTermDays) return [];
    const isShort = days < shortTermDays;
    const message = `${where(sentence)}invoices are due ${isShort ? `after ${text} already` : `only after ${text}`}.`;
    const said = { topic: 'payment', message } as const;
    return [
      isShort
        ? findingAt(contract, sentence, { ...said, severity: 'low', burdens: payer }, { index, 0: text })
        : findingAt(contract, sentence, { ...said, severity: 'medium', burdens: payee }, { index, 0: text }),
    ];
  });
}

/** How long there is to pay, wherever the contract says so. */
export const paymentTerms = (contract: Contract) =>
  sentencesOf(contract).flatMap((sentence) => {
    if (!/\b(pay(able|ment)?|paid|due)\b/i.test(sentence.text) || !/\binvoices?\b/i.test(sentence.text)) return [];
    const period = figuresIn(sentence.text).find(
      (figure) =>
        figure.kind === 'period' &&
        /\b(within|after|in|net|of|later than)\s+$/i.test(sentence.text.slice(0, figure.index)),
    );
    return period?.kind === 'period' ? [{ sentence, days: period.days, text: period.text, index: period.index }] : [];
  });

const forfeits = (contract: Contract): Finding[] =>
  sentencesOf(contract).flatMap((sentence) => {
    const match = /\bnon-?refundable\b|\b(liquidated damages|contractual penalty|penalty of)\b/i.exec(sentence.text);
    if (!match) return [];
    const isPenalty = !/refundable/i.test(match[0]);
    const message = `${where(sentence)}${isPenalty ? 'a fixed penalty is due, whatever the damage was.' : 'what has been paid is not given back, whatever happens.'}`;
    return [
      findingAt(contract, sentence, { severity: isPenalty ? 'medium' : 'low', topic: 'payment', message }, match),
    ];
  });
