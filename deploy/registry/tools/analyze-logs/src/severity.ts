/** How bad a record is. `unknown`: the log does not say, and nothing in its words tells. */
export const SEVERITIES = ['error', 'warn', 'info', 'debug', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

const LEVELS = new Map<string, Severity>();
const declare = (severity: Severity, words: string) => {
  for (const word of words.split(' ')) LEVELS.set(word, severity);
};
declare('error', 'emerg emergency alert crit critical fatal severe panic error err eror dpanic fault');
declare('warn', 'warn warning');
declare('info', 'info information informational notice note log statement hint detail success system');
declare('debug', 'debug debug1 debug2 debug3 debug4 debug5 trace fine finer finest verbose');

/** Severity of a word that stands where a level is expected (`ERROR`, `warning`, `notice`), in any case. */
export const severityOfWord = (word: string): Severity | undefined => LEVELS.get(word.toLowerCase());

/** Severity of a single letter level: klog `E`, logcat `W`. */
export function severityOfLetter(letter: string): Severity | undefined {
  switch (letter) {
    case 'E':
    case 'F':
    case 'C':
      return 'error';
    case 'W':
      return 'warn';
    case 'I':
    case 'N':
      return 'info';
    case 'D':
    case 'V':
    case 'T':
      return 'debug';
    default:
      return undefined;
  }
}

/** RFC 5424: 0 emergency … 3 error, 4 warning, 5 notice, 6 informational, 7 debug. */
export const severityOfSyslog = (code: number): Severity =>
  code <= 3 ? 'error' : code === 4 ? 'warn' : code <= 6 ? 'info' : 'debug';

/** pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
export const severityOfNumber = (level: number): Severity =>
  level >= 50 ? 'error' : level >= 40 ? 'warn' : level >= 30 ? 'info' : level >= 10 ? 'debug' : severityOfSyslog(level);

/** An answer of 5xx is the server's failure, 4xx more often the client's. */
export const severityOfStatus = (status: number): Severity =>
  status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';

const FAILURE =
  /(?<![\w/.-])(?:error|errors|err|fail(?:s|ed|ure|ures|ing)?|invalid|refused|denied|rejected|time[d]?[ -]?outs?|unable|cannot|can't|can not|could not|couldn't|exceptions?|fatal|panic|unreachable|abort(?:ed|ing)?|corrupt(?:ed|ion)?|crash(?:ed|es)?|segfault|traceback|out of memory|oom|no space left|reset by peer|broken pipe|killed|core dumped|illegal)(?![\w/-]|\.\w)/i;
/** Names of exceptions: `IllegalStateException`, `TypeError`; but not `liberror`. */
const EXCEPTION_NAME = /[a-z](?:Error|Exception)\b/;
const TROUBLE =
  /\b(?:warn(?:ing)?|deprecated|retry(?:ing)?|retries|slow|degraded|throttl(?:ed|ing)|unexpected|dropped|dropping|exceed(?:s|ed|ing)?|overload(?:ed)?|not found|missing|unauthori[sz]ed|forbidden|unhealthy|suspicious|break-in|backoff|exhausted|full|lost|stale|expired)\b/i;
/** "0 errors", "failed=0", "no error": numbers of failures are a report about failures, not one of them. */
const COUNTED =
  /(?:<num>|\b(?:no|zero|without|any))\s+(?:errors?|failures?|exceptions?|timeouts?)\b|\b(?:errors?|fail(?:ed|ures?)|err|exceptions?|timeouts?|timeout_?\w*)["']?\s*[=:]\s*"?(?:<num>|null|none|false|nil|-)(?:\w*)"?/gi;

/** What the words of a (masked) message tell where no level is given. */
export function severityOfWords(message: string): Severity {
  if (EXCEPTION_NAME.test(message)) return 'error';
  if (FAILURE.test(message) && FAILURE.test(message.replace(COUNTED, ' '))) return 'error';
  return TROUBLE.test(message) ? 'warn' : 'unknown';
}

const TELLING = new Set(
  (
    'ok success successful successfully succeeded fail failed failure failing error errors started starting stopped ' +
    'stopping up down accepted rejected refused denied allowed timeout connected disconnected opened closed enabled ' +
    'disabled true false hit miss healthy unhealthy online offline active inactive valid invalid expired ready lost ' +
    'found missing open close login logout enter leave begin end start stop acquired released granted revoked created ' +
    'deleted added removed enqueued completed finished aborted cancelled passed killed exited yes no on off'
  ).split(' '),
);

/** Words that turn a message into another one: two messages that differ in such a word are never one template. */
export function isTelling(token: string): boolean {
  if (TELLING.has(token)) return true;
  // Most tokens are plain words: only one with a capital or a mark ("Stopped", "refused,") needs a closer look.
  const first = token.charCodeAt(0);
  const last = token.charCodeAt(token.length - 1);
  const isPlain = first >= 97 && first <= 122 && last >= 97 && last <= 122;
  return !isPlain && token.length <= 20 && TELLING.has(token.toLowerCase().replace(/[^a-z]+/g, ''));
}
