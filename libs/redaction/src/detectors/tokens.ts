import { type Detector, markLengthAt } from '../detector.js';

const JWT = 'jwt';
const BEARER_TOKEN = 'bearer-token';
export const PASSWORD = 'password';

// The character before a match is checked, so that one run of characters is tried from its beginning only.
const JWT_SHAPE = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;

/** JSON web tokens, signature included. */
export const findJwts: Detector = (text, found) => {
  if (!text.includes('eyJ')) return;
  for (const match of text.matchAll(JWT_SHAPE)) {
    found({ start: match.index, end: match.index + match[0].length, kind: JWT });
  }
};

const BEARER_SIGN = /bearer|basic/i;
const BEARER_SHAPE = /(?<!\w)(?:bearer|basic)(?: |\t|%20|\+){1,4}([\w.~+/=-]{16,})/gi;

/** What follows `Bearer` or `Basic`. Shorter words are prose. */
export const findBearerTokens: Detector = (text, found) => {
  if (!BEARER_SIGN.test(text)) return;
  for (const match of text.matchAll(BEARER_SHAPE)) {
    const token = match[1] ?? '';
    if (/^[a-z-]+$/i.test(token) && token.length < 24) continue;
    const end = match.index + match[0].length;
    found({ start: end - token.length, end, kind: BEARER_TOKEN });
  }
};

const USER_INFO = /:\/\/[^\s/?#@:"'<>\\]{0,256}:/g;
const MAX_PASSWORD = 512;

/** The password in `scheme://user:password@host`, whatever the scheme; the host stays. */
export const findAddressPasswords: Detector = (text, found) => {
  if (!text.includes('://') || !text.includes('@')) return;
  for (const match of text.matchAll(USER_INFO)) {
    const start = match.index + match[0].length;
    const end = endOfPassword(text, start);
    if (end > start && markLengthAt(text, start) !== end - start) found({ start, end, kind: PASSWORD });
  }
};

/** Before the last @ of the address's authority: a password may hold an @ that nobody escaped. */
function endOfPassword(text: string, start: number): number {
  let end = -1;
  for (let at = start; at < text.length && at < start + MAX_PASSWORD; at++) {
    const char = text.charAt(at);
    if (char === '@') end = at;
    else if (/[\s/"'<>\\]/.test(char)) break;
  }
  return end;
}
