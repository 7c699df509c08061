/**
 * Replaces what varies from line to line by typed wildcards: `<num>`, `<ip>`, `<hex>`, `<uuid>`, `<time>`, `<id>`.
 * One walk over the characters; only words with a digit in them are looked at closely.
 */
export function mask(text: string): string {
  let masked = '';
  let copied = 0;
  let wordStart = 0;
  let hasDigit = false;
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : 32;
    if (code >= 48 && code <= 57) hasDigit = true;
    else if (isSeparator(code)) {
      if (hasDigit) {
        masked += text.slice(copied, wordStart) + maskWord(text.slice(wordStart, index));
        copied = index;
        hasDigit = false;
      }
      wordStart = index + 1;
    }
  }
  return copied === 0 ? text : masked + text.slice(copied);
}

/** Blanks, brackets, quotes and the marks around values; `:`, `/`, `.` and `-` hold words together. */
const isSeparator = (code: number): boolean =>
  code <= 34 ||
  (code >= 39 && code <= 41) ||
  code === 44 ||
  (code >= 59 && code <= 63) ||
  code === 91 ||
  code === 93 ||
  code === 96 ||
  (code >= 123 && code <= 125);

const NUMBER = /^[+-]?\d+(?:[.,]\d+)*%?$/;
const IP = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IP_AND_PORT = /^(\d{1,3}(?:\.\d{1,3}){3})([:/#])(\d+)$/;
const IPV6 = /^(?=.*:.*:)[\da-f:]{3,39}(?:%\w+)?$/i;
const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i;
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi;
const HEX = /^(?:0x[\da-f]+|(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{6,})$/i;
const CLOCK_OR_DATE =
  /^(?:\d{4}[-/]\d\d[-/]\d\d(?:T[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?|\d{1,2}:\d\d:\d\d(?:[.,]\d+)?|\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d)$/;
const RANDOM = /^(?=.*[a-z])(?=.*\d.*\d)[a-z\d]{16,}$/i;
const PIECES = /[^-_.:/#@+~\\%*&]+/g;

function maskWord(word: string): string {
  const end = lastCharacter(word);
  const core = end === word.length ? word : word.slice(0, end);
  return maskCore(core) + word.slice(end);
}

/** A full stop or a colon after a value belongs to the sentence. */
function lastCharacter(word: string): number {
  let end = word.length;
  while (end > 1 && '.:!'.includes(word[end - 1] ?? '')) end--;
  return end;
}

function maskCore(word: string): string {
  if (NUMBER.test(word)) return IP.test(word) ? '<ip>' : '<num>';
  const first = word.charCodeAt(0);
  if (first >= 48 && first <= 57) {
    const address = IP_AND_PORT.exec(word);
    if (address !== null) return `<ip>${address[2]}<num>`;
    if (CLOCK_OR_DATE.test(word)) return '<time>';
  }
  if (HEX.test(word) || MAC.test(word)) return '<hex>';
  if (IPV6.test(word)) return '<ip>';
  const named = word.length >= 36 ? word.replace(UUID, '<uuid>') : word;
  return named === '<uuid>' ? named : named.replace(PIECES, maskPiece);
}

function maskPiece(piece: string): string {
  if (!/\d/.test(piece)) return piece;
  if (HEX.test(piece)) return '<hex>';
  if (RANDOM.test(piece)) return '<id>';
  return piece.replace(/\d+/g, '<num>');
}

/** Path segments as masked for templates, at most `maxSegments`; query and fragment go. */
export function maskPath(path: string, maxSegments: number): string {
  const scheme = path.indexOf('://');
  const start = scheme === -1 ? 0 : Math.max(path.indexOf('/', scheme + 3), 0);
  const end = path.slice(start).search(/[?#;]/);
  const bare = end === -1 ? path.slice(start) : path.slice(start, start + end);
  const segments = bare.slice(0, 512).split('/');
  const shown = segments.slice(0, maxSegments + 1).map((segment) => maskSegment(segment));
  return segments.length > maxSegments + 1 ? `${shown.join('/')}/…` : shown.join('/');
}

function maskSegment(segment: string): string {
  const masked = mask(segment);
  // What is mostly an identifier is one: u-8f3a2c, order_1234_x.
  return masked.length > 60 ? '<id>' : masked;
}
