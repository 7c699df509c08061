import type { Detector } from '../detector.js';

const PRIVATE_KEY = 'private-key';

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
/** A label is a few words; a longer line is no PEM. */
const MAX_LABEL = 64;

/**
 * Private keys in PEM, whole. A block that is cut off is taken up to the next quote, or to the end of the text: better
 * too much than half a key.
 */
export const findPrivateKeys: Detector = (text, found) => {
  let at = text.indexOf(BEGIN);
  while (at !== -1) {
    const labelEnd = text.slice(at, at + MAX_LABEL).indexOf(DASHES, BEGIN.length);
    const isKey = labelEnd !== -1 && text.slice(at, at + labelEnd).includes('PRIVATE KEY');
    const end = isKey ? endOfBlock(text, at + labelEnd + DASHES.length) : at + BEGIN.length;
    if (isKey) found({ start: at, end, kind: PRIVATE_KEY });
    at = text.indexOf(BEGIN, end);
  }
};

function endOfBlock(text: string, from: number): number {
  const end = text.indexOf(END, from);
  const quote = text.indexOf('"', from);
  if (end === -1 || (quote !== -1 && quote < end)) return quote === -1 ? text.length : beforeEscapes(text, quote);
  const close = text.slice(end, end + MAX_LABEL).indexOf(DASHES, END.length);
  return close === -1 ? end + END.length : end + close + DASHES.length;
}

/** A quote keeps the backslashes that belong to it: without them it would end the text around it. */
function beforeEscapes(text: string, quote: number): number {
  let at = quote;
  while (text.charAt(at - 1) === '\\') at--;
  return at;
}
