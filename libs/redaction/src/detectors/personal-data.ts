import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import validator from 'validator';
import type { Detector } from '../detector.js';

export const EMAIL = 'email';
export const PHONE = 'phone';
export const CARD = 'card';
export const IBAN = 'iban';
export const SSN = 'ssn';

const MAX_LOCAL = 64;
const MAX_DOMAIN = 253;
const LOCAL = /[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const DOMAIN = /[\p{L}\p{M}\p{N}.-]/u;
/** May stand in an address, but far more often stands before one. */
const BEFORE = /^[^\p{L}\p{N}_]+|^.*[='`|{}]/u;

/** E-mail addresses, in any script. Read outwards from each @, so a long run without one costs nothing. */
export const findEmails: Detector = (text, found) => {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < MAX_LOCAL && LOCAL.test(text.charAt(start - 1))) start--;
    if (start === at) continue;
    let end = at + 1;
    while (end < text.length && end - at <= MAX_DOMAIN && DOMAIN.test(text.charAt(end))) end++;
    while (end > at && /[.-]/.test(text.charAt(end - 1))) end--;
    const before = BEFORE.exec(text.slice(start, at))?.[0].length ?? 0;
    if (start + before === at) continue;
    const address = text.slice(start + before, end);
    if (validator.isEmail(address)) found({ start: start + before, end, kind: EMAIL, meant: address.toLowerCase() });
  }
};

const PHONE_SHAPE = /(?<![\w+])\+[ \t]?\(?\d[\d \t().\u00a0-]{5,24}\d/g;

/** Telephone numbers in international notation; national ones look like any other number. */
export const findPhones: Detector = (text, found) => {
  if (text.length < 8 || !text.includes('+')) return;
  for (const match of text.matchAll(PHONE_SHAPE)) {
    // What follows may be another number: give back group by group.
    for (let candidate = match[0]; candidate.length > 7; candidate = candidate.replace(/[^\d]*\d+$/, '')) {
      const phone = parsePhoneNumberFromString(candidate);
      if (phone?.isValid() !== true) continue;
      found({ start: match.index, end: match.index + candidate.length, kind: PHONE, meant: phone.number });
      break;
    }
  }
};

const TWELVE_DIGITS = /\d(?:[ -]?\d){11}/;
const CARD_SHAPE = /(?<![\w.+-])\d(?:[ -]?\d){11,18}(?![\w-]|\.\d)/g;

/** Payment cards: numbers of an issuer, with a check digit that fits. */
export const findCards: Detector = (text, found) => {
  if (text.length < 12 || !TWELVE_DIGITS.test(text)) return;
  for (const match of text.matchAll(CARD_SHAPE)) {
    const digits = match[0].replace(/[ -]/g, '');
    if (validator.isCreditCard(digits)) {
      found({ start: match.index, end: match.index + match[0].length, kind: CARD, meant: digits });
    }
  }
};

const IBAN_SIGN = /[A-Z]{2}\d{2}/;
const IBAN_SHAPE = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/g;

/** International bank account numbers, with check digits that fit. */
export const findIbans: Detector = (text, found) => {
  if (text.length < 15 || !IBAN_SIGN.test(text)) return;
  for (const match of text.matchAll(IBAN_SHAPE)) {
    // Words in capitals may follow it: give back character by character.
    for (let length = match[0].length; length >= 15; length--) {
      if (/[A-Za-z0-9]/.test(text.charAt(match.index + length))) continue;
      const account = match[0].slice(0, length).replace(/[ -]/g, '');
      if (!validator.isIBAN(account)) continue;
      found({ start: match.index, end: match.index + length, kind: IBAN, meant: account });
      break;
    }
  }
};

const SSN_SIGN = /\d-\d{2}-\d/;
const SSN_SHAPE = /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g;

/** Social security numbers of the United States, as they are printed. */
export const findSsns: Detector = (text, found) => {
  if (text.length < 11 || !SSN_SIGN.test(text)) return;
  for (const match of text.matchAll(SSN_SHAPE)) found({ start: match.index, end: match.index + 11, kind: SSN });
};
