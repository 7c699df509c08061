import { severityOfNumber, severityOfStatus, severityOfWord } from '../severity.ts';
import type { TimestampReader } from '../timestamps.ts';
import type { Draft } from './draft.ts';
import { readHeader } from './header.ts';

type Fields = Readonly<Record<string, unknown>>;

const TIME_KEYS = [
  'time',
  'timestamp',
  'ts',
  '@timestamp',
  'datetime',
  'date',
  't',
  'asctime',
  '@t',
  'eventTime',
  'start_time',
  'created_at',
  'time_local',
  'time_iso8601',
  '__REALTIME_TIMESTAMP',
];
const LEVEL_KEYS = [
  'level',
  'severity',
  'lvl',
  'levelname',
  'log.level',
  'loglevel',
  'log_level',
  '@l',
  'l',
  'PRIORITY',
];
const MESSAGE_KEYS = [
  'msg',
  'message',
  'event',
  'short_message',
  'text',
  'body',
  'MESSAGE',
  '@m',
  '@mt',
  'description',
];
const ERROR_KEYS = ['error', 'err', 'exception', 'error.message', 'exc_info', 'cause', 'reason', 'stack'];
const STATUS_KEYS = [
  'status',
  'status_code',
  'statusCode',
  'http_status',
  'response_status',
  'DownstreamStatus',
  'code',
  'res',
  'response',
];
const METHOD_KEYS = ['method', 'http_method', 'request_method', 'verb', 'RequestMethod', 'req', 'request'];
const PATH_KEYS = ['path', 'uri', 'url', 'request_uri', 'RequestPath', 'http_path', 'route', 'req', 'request'];
const SPEAKER_KEYS = ['logger', 'service', 'component', 'name', 'SYSLOG_IDENTIFIER'];
const NESTED_NAMES = [
  'message',
  'msg',
  'type',
  'name',
  'status',
  'statusCode',
  'status_code',
  'method',
  'uri',
  'url',
  'path',
  'level',
];

/** Fills a draft from a record that consists of named fields: a JSON line or logfmt. False if it says nothing. */
export function readFields(fields: Fields, time: TimestampReader, draft: Draft): boolean {
  readTime(fields, time, draft);
  const level = scalar(fields, LEVEL_KEYS, ['level']);
  if (level !== undefined) draft.level = levelOf(level);
  // Docker's json-file driver wraps the line that the program wrote.
  if (typeof fields.log === 'string') {
    readWrapped(fields.log, time, draft);
    return true;
  }
  if (readExchange(fields, draft)) return true;
  const message = scalar(fields, MESSAGE_KEYS, ['message', 'msg']) ?? restOf(fields);
  const error = scalar(fields, ERROR_KEYS, ['message', 'msg', 'type', 'name']);
  const speaker = scalar(fields, SPEAKER_KEYS, []);
  const text =
    error === undefined || message.includes(error) ? message : `${message} / error: ${error.split('\n', 1)[0]}`;
  draft.message = speaker === undefined ? text : `${speaker}: ${text}`;
  return draft.message !== '';
}

function readTime(fields: Fields, time: TimestampReader, draft: Draft): void {
  for (const key of TIME_KEYS) {
    const value = fields[key];
    if (value === undefined) continue;
    const text = typeof value === 'number' ? epochText(value) : value;
    if (typeof text !== 'string' || time.readAt(text, text.startsWith('[') ? 1 : 0) === -1) continue;
    draft.ms = time.ms;
    draft.zone = time.zone;
    draft.assumed = time.assumed;
    return;
  }
}

/** Seconds with a fraction stay; whole numbers keep their unit (s, ms, µs, ns), which their length tells. */
const epochText = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(3));

function levelOf(level: string): Draft['level'] {
  const number = Number(level);
  return level !== '' && Number.isInteger(number) ? severityOfNumber(number) : severityOfWord(level);
}

function readExchange(fields: Fields, draft: Draft): boolean {
  const status = Number(scalar(fields, STATUS_KEYS, ['statusCode', 'status_code', 'status']));
  if (!(status >= 100 && status < 600)) return false;
  const line = typeof fields.request === 'string' ? fields.request.split(' ') : [];
  const method = line[1] === undefined ? scalar(fields, METHOD_KEYS, ['method']) : line[0];
  const path = line[1] ?? scalar(fields, PATH_KEYS, ['uri', 'url', 'path']);
  if (method === undefined || path === undefined) return false;
  draft.http = { method, path, status };
  // A line about a request is as bad as its status, whatever level the program logs all its requests with.
  draft.level = severityOfStatus(status);
  draft.message = `${method} ${path}`;
  return true;
}

function readWrapped(text: string, time: TimestampReader, draft: Draft): void {
  const line = text.trimEnd();
  const inner = line.charCodeAt(0) === 91 ? 1 : 0;
  const end = time.readAt(line, inner);
  if (end !== -1 && Number.isNaN(draft.ms)) draft.ms = time.ms;
  readHeader(end === -1 ? line : line.slice(end), '', draft);
}

/** The first of the keys that has a value which can be shown; looks one level into an object for the nested names. */
function scalar(fields: Fields, keys: readonly string[], nested: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields[key];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'object' || Array.isArray(value)) continue;
    for (const name of nested) {
      const inner = (value as Record<string, unknown>)[name];
      if (typeof inner === 'string' || typeof inner === 'number') return String(inner);
    }
  }
  return undefined;
}

/** A record without a message is told by its fields. */
function restOf(fields: Fields): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (TIME_KEYS.includes(key) || LEVEL_KEYS.includes(key) || value === null) continue;
    if (typeof value === 'object') {
      const nested = NESTED_NAMES.find((name) => typeof (value as Record<string, unknown>)[name] === 'string');
      if (nested !== undefined) parts.push(`${key}.${nested}=${(value as Record<string, unknown>)[nested]}`);
    } else parts.push(`${key}=${value}`);
    if (parts.length === 12) break;
  }
  return parts.join(' ');
}
