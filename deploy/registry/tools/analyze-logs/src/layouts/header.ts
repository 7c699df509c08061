import { severityOfStatus, severityOfWord } from '../severity.ts';
import type { Draft } from './draft.ts';

const UPPER_LEVEL =
  /(?<![\w\-/])(?:EMERG(?:ENCY)?|ALERT|CRIT(?:ICAL)?|FATAL|SEVERE|PANIC|ERROR|ERR|WARN(?:ING)?|NOTICE|INFO|DEBUG|TRACE|FINE(?:R|ST)?|VERBOSE)(?![\w\-/.=])/;
const MARKED_LEVEL =
  /[[<|(:] ?(?:emerg|alert|crit(?:ical)?|fatal|panic|severe|error|err|warn(?:ing)?|notice|note|system|info(?:rmation)?|debug|trace)\d? ?[\]>|)]|^[\s\][(-]*(?:emerg|alert|crit(?:ical)?|fatal|panic|error|err|warn(?:ing)?|notice|info(?:rmation)?|debug|trace)(?:\s*[:!]|\s(?=\s*\S))/i;
/** Postgres: `LOG:`, `STATEMENT:`, `HINT:`. */
const POSTGRES_LEVEL = /(?<![\w.-])(?:LOG|STATEMENT|HINT|DETAIL)(?=: {2})/;
const LEVEL_SEARCH_CHARS = 120;

/** Brackets and words that only carry numbers: process ids, threads, connection numbers, request ids. */
const LEADING_NOISE =
  /(?:[\s\]|>]+|\[[^\]]{0,80}\d[^\]]{0,80}\]:?|\[\]|\(\d+\):?|\d+#\d+:|\*\d+(?=\s)|\d+(?=\s+(?:---|\[))|-{1,3}(?=\s)|[:|](?=\s))+/y;
const NOISE_WITHIN =
  /\[[^\]]*\d[^\]]*\]|\([^)]*\d[^)]*\)|(?<![\w.-])#?\d[\d#:*.,-]*(?![\w.-])|[[\](){}|<>]|(?<!\S)[-:#*,.]+(?!\S)/g;

const HTTP =
  /(?:^|[\s"'[])(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|PROPFIND|TRACE) ([^\s"]{1,4096})(?=[\s"])(?: HTTP\/\d(?:\.\d)?)?["'\]]?(?:,? ?(?:->|→|=>|-|status[=: ]+))? ?([1-5]\d\d)(?=[\s,;"')\]]|$)/;

/** Load balancers write the status first: AWS `502 - 34 366 "GET …`, HAProxy `503 2750 - - ---- 1/1/1/1/0 0/0 "GET …`. */
const STATUS_FIRST =
  / ([1-5]\d\d) (?:(?:\d{3}|-) \d+ \d+|\d+ \S+ \S+ \S{4} \d[\d/+]* \d+\/\d+(?: \{[^}]*\})*) "([A-Z]{3,10}) ([^\s"]{1,4096}) HTTP\//;
/** IIS: address, method, path, query, port, user, address, agent, referer, status and two more codes. */
const IIS = /^\s?\S+ ([A-Z]{3,10}) (\/\S{0,4096}) \S+ \d+ \S+ [\da-f.:]+ (?:\S+ ){1,3}([1-5]\d\d) \d+ \d+(?: |$)/;

/** A request in a line, with the status that answered it: access logs of servers and load balancers, uvicorn, morgan. */
export function readHttp(text: string, draft: Draft): boolean {
  if (text.includes(' HTTP/')) {
    const match = HTTP.exec(text);
    if (match !== null) return isExchange(match[1], match[2], match[3], draft);
    const balanced = STATUS_FIRST.exec(text);
    return balanced !== null && isExchange(balanced[2], balanced[3], balanced[1], draft);
  }
  if (!/^(?:\W{0,3}|\s?[\d.:a-f]+ )[A-Z]{3,8} \//.test(text)) return false;
  // IIS first: in its `GET /a - 443`, the port looks like a status.
  const match = IIS.exec(text) ?? HTTP.exec(text);
  return match !== null && isExchange(match[1], match[2], match[3], draft);
}

function isExchange(method = '', path = '', code = '', draft: Draft): true {
  const status = Number(code);
  draft.http = { method, path, status };
  draft.level = severityOfStatus(status);
  return true;
}

/** Splits what follows a timestamp into level and message. `lead` is text that stood before it (a service, a host). */
export function readHeader(text: string, lead: string, draft: Draft): void {
  if (readHttp(text, draft)) {
    draft.message = text;
    return;
  }
  const head = text.length > LEVEL_SEARCH_CHARS ? text.slice(0, LEVEL_SEARCH_CHARS) : text;
  const upper = UPPER_LEVEL.exec(head) ?? POSTGRES_LEVEL.exec(head);
  const marked = MARKED_LEVEL.exec(head);
  const match = upper !== null && (marked === null || upper.index <= marked.index + 1) ? upper : marked;
  if (match === null) {
    draft.message = join(lead, afterNoise(text, 0));
    return;
  }
  if (draft.level === undefined) draft.level = severityOfWord(match[0].replace(/[^A-Za-z]+/g, ''));
  // A module before the level belongs to it: [core:error].
  const start = text[match.index] === ':' ? Math.max(text.lastIndexOf('[', match.index), 0) : match.index;
  const message = afterNoise(text, match.index + match[0].length);
  draft.message = join(lead, start === 0 ? message : join(wordsOf(text.slice(0, start)), message));
}

function afterNoise(text: string, from: number): string {
  LEADING_NOISE.lastIndex = from;
  const noise = LEADING_NOISE.exec(text);
  return noise === null ? text.slice(from) : text.slice(from + noise[0].length);
}

/** The words of a header that say who speaks: a logger, a service; numbers and brackets go. */
export function wordsOf(header: string): string {
  const words = header.replace(NOISE_WITHIN, ' ').trim();
  return words.includes('  ') ? words.replace(/\s+/g, ' ') : words;
}

const join = (lead: string, message: string) => (lead === '' ? message : message === '' ? lead : `${lead} ${message}`);
