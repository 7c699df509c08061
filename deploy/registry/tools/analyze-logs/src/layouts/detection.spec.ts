import { describe, expect, it } from 'vitest';
import { NOW_MS } from '../testing/log.ts';
import { detectFormat, readLine } from './detection.ts';
import { newDraft } from './draft.ts';

function read(line: string) {
  const format = detectFormat([line, line, line], NOW_MS);
  const draft = newDraft();
  readLine(format, line, draft);
  return {
    format: format.name,
    time: Number.isNaN(draft.ms) ? null : new Date(draft.ms).toISOString(),
    level: draft.level,
    message: draft.message,
  };
}

describe('a line of', () => {
  it.each([
    ['JSON lines', '{"level":50,"time":1795255200000,"msg":"lost db"}', '2026-11-21T10:00:00.000Z', 'error', 'lost db'],
    [
      'JSON lines',
      '{"ts":"2026-11-21T10:00:00Z","severity":"WARNING","message":"slow","err":{"message":"EPIPE"}}',
      '2026-11-21T10:00:00.000Z',
      'warn',
      'slow / error: EPIPE',
    ],
    [
      'JSON lines',
      '{"log":"[error] lost db\\n","stream":"stderr","time":"2026-11-21T10:00:00Z"}',
      '2026-11-21T10:00:00.000Z',
      'error',
      'lost db',
    ],
    ['JSON lines', 'web_1  | {"level":"info","msg":"ready"}', null, 'info', 'ready'],
    [
      'logfmt',
      'time="2026-11-21T10:00:00Z" level=error msg="lost db" err="no route"',
      '2026-11-21T10:00:00.000Z',
      'error',
      'lost db / error: no route',
    ],
    [
      'klog',
      'E1121 10:00:00.000000       1 proxy.go:12] lost db',
      '2026-11-21T10:00:00.000Z',
      'error',
      'proxy.go: lost db',
    ],
    [
      'syslog',
      'Nov 21 10:00:00 web1 sshd[24200]: Failed password for root',
      '2026-11-21T10:00:00.000Z',
      undefined,
      'sshd: Failed password for root',
    ],
    [
      'syslog',
      '2026-11-21T10:00:00.000000+00:00 web1 app[1]: error: lost db',
      '2026-11-21T10:00:00.000Z',
      'error',
      'app: lost db',
    ],
    [
      'syslog (RFC 5424)',
      '<131>1 2026-11-21T10:00:00Z web1 app 1 ID47 [x@1 a="b"] lost db',
      '2026-11-21T10:00:00.000Z',
      'error',
      'app: lost db',
    ],
    [
      'Apache error log',
      '[Sat Nov 21 10:00:00 2026] [error] [client 10.0.0.1] lost db',
      '2026-11-21T10:00:00.000Z',
      'error',
      'lost db',
    ],
    [
      'Apache error log',
      '[Sat Nov 21 10:00:00.000000 2026] [core:warn] [pid 3:tid 4] AH00098: odd',
      '2026-11-21T10:00:00.000Z',
      'warn',
      'AH00098: odd',
    ],
    [
      'nginx error log',
      '2026/11/21 10:00:00 [error] 31#31: *7 connect() failed',
      '2026-11-21T10:00:00.000Z',
      'error',
      'connect() failed',
    ],
    [
      'log4j or logback',
      '2026-11-21 10:00:00,000 ERROR [exec-3] a.B - lost db',
      '2026-11-21T10:00:00.000Z',
      'error',
      'a.B - lost db',
    ],
    [
      'log4j or logback',
      '2026-11-21 10:00:00.000  WARN 7 --- [exec-3] a.B  : odd',
      '2026-11-21T10:00:00.000Z',
      'warn',
      'a.B  : odd',
    ],
    ['logcat', '11-21 10:00:00.000  1702  2395 E Audio: lost', '2026-11-21T10:00:00.000Z', 'error', 'Audio: lost'],
    ['container log', '2026-11-21T10:00:00.0Z stderr F ERROR lost db', '2026-11-21T10:00:00.000Z', 'error', 'lost db'],
    ['text with epoch timestamps', '1795255200.000 WARN odd', '2026-11-21T10:00:00.000Z', 'warn', 'odd'],
    [
      'text with ISO timestamps',
      '2026-11-21 10:00:00.123 UTC [77] FATAL:  too many clients',
      '2026-11-21T10:00:00.123Z',
      'error',
      'too many clients',
    ],
    [
      'text with ISO timestamps',
      '[2026-11-21T10:00:00+00:00] app.CRITICAL: lost db',
      '2026-11-21T10:00:00.000Z',
      'error',
      'app. lost db',
    ],
    [
      'text with ISO timestamps',
      'E, [2026-11-21T10:00:00.000 #7] ERROR -- : lost db',
      '2026-11-21T10:00:00.000Z',
      'error',
      'lost db',
    ],
    [
      'text with ISO timestamps',
      '2026-11-21T10:00:00Z\tinfo\tserver started',
      '2026-11-21T10:00:00.000Z',
      'info',
      'server started',
    ],
    ['text with levels, no times', 'WARNING:root:odd', null, 'warn', 'root:odd'],
    ['text with levels, no times', 'npm ERR! missing script', null, 'error', 'missing script'],
  ])('%s: %s', (format, line, time, level, message) => {
    expect(read(line)).toEqual({ format, time, level, message });
  });

  it.each([
    ['10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a/1?x=2 HTTP/1.1" 502 12 "-" "curl"', 'access log'],
    ['INFO:     10.0.0.1:5 - "GET /a/1?x=2 HTTP/1.1" 502 Bad Gateway', 'text with levels, no times'],
    ['GET /a/1?x=2 502 12.3 ms - 55', 'access log without times'],
    [
      'https 2026-11-21T10:00:00.0Z app/lb/1 10.0.0.1:5 10.0.0.2:80 0.1 0.1 0.1 502 - 0 57 "GET /a/1?x=2 HTTP/1.1" "curl"',
      'access log',
    ],
    [
      'Nov 21 10:00:00 lb haproxy[1]: 10.0.0.1:3 [21/Nov/2026:10:00:00.1] in s/1 1/0/3/6/10 502 27 - - ---- 1/1/1/1/0 0/0 "GET /a/1?x=2 HTTP/1.1"',
      'syslog',
    ],
    ['{"ts":1795255200,"request":{"method":"GET","uri":"/a/1?x=2"},"status":502}', 'JSON lines'],
    ['{"time_local":"21/Nov/2026:10:00:00 +0000","request":"GET /a/1?x=2 HTTP/1.1","status":"502"}', 'JSON lines'],
  ])('requests: %s', (line, name) => {
    const format = detectFormat([line, line], NOW_MS);
    const draft = newDraft();
    readLine(format, line, draft);
    expect([format.name, draft.http, draft.level]).toEqual([
      name,
      { method: 'GET', path: '/a/1?x=2', status: 502 },
      'error',
    ]);
  });

  it('IIS is not taken for one that answers with its port', () => {
    const line = '2026-11-21 10:00:00 10.0.0.9 GET /a - 443 - 10.0.0.1 curl - 502 0 0 31';
    const draft = newDraft();
    readLine(detectFormat([line], NOW_MS), line, draft);
    expect(draft.http).toEqual({ method: 'GET', path: '/a', status: 502 });
  });

  it('a text that is no log has no head', () => {
    const format = detectFormat(['alpha', 'beta gamma'], NOW_MS);
    expect([format.name, format.hasHeads, Number.isNaN(format.firstMs)]).toEqual(['text without times', false, true]);
  });

  it('a text with a time here and there counts as one without times', () => {
    const sample = Array.from({ length: 200 }, (_, index) =>
      index === 0 ? 'Log started: 2026-11-21 10:00:00' : 'unpacking',
    );
    expect(Number.isNaN(detectFormat(sample, NOW_MS).firstMs)).toBe(true);
  });

  it('two formats in one file is read either way', () => {
    const format = detectFormat(['{"level":"info","msg":"a"}', 'Nov 21 10:00:00 web1 app[1]: b'], NOW_MS);
    const draft = newDraft();
    expect([readLine(format, '{"level":"info","msg":"a"}', draft), draft.message]).toEqual([true, 'a']);
    expect([readLine(format, 'Nov 21 10:00:00 web1 app[1]: b', draft), draft.message]).toEqual([true, 'app: b']);
  });
});
