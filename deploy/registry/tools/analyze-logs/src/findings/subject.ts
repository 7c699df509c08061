import { type Severity, severityOfStatus } from '../severity.ts';
import type { Tally } from '../tally.ts';
import { ANY } from '../templates/tokens.ts';
import type { Track } from '../track.ts';

/** What findings are about: a message template, or the requests of one route that got one status. */
export interface Subject {
  readonly text: string;
  readonly severity: Severity;
  /** True if its words tell of a failure although its level does not. */
  readonly isFailing: boolean;
  /** True if it may have occurred before its first record here; then it is never called new. */
  readonly isReturning: boolean;
  readonly count: number;
  readonly track: Track;
  readonly http: { readonly method: string; readonly route: string; readonly status: number } | undefined;
}

/** True for what a person who looks for trouble wants to see. */
export const isTrouble = (subject: Subject): boolean =>
  subject.severity === 'error' || subject.severity === 'warn' || subject.isFailing;

/** All templates and routes of a tally as subjects. */
export function subjectsOf(tally: Tally): Subject[] {
  const messages = tally.miner.templates.map(({ tokens, severity, isFailing, isReturning, count, track }) => ({
    ...{ tokens, severity, isFailing, isReturning, count, track },
    text: '',
    http: undefined,
  }));
  const requests = tally.routes.summary().map(({ method, route, status, count, track }) => ({
    text: `${method} ${route.join('/')} → ${status}`,
    severity: severityOfStatus(status),
    isFailing: false,
    isReturning: route.length === 1 && route[0] === ANY,
    count,
    track,
    http: { method, route: route.join('/'), status },
  }));
  return [...mergeVariants(messages), ...requests];
}

interface Message extends Subject {
  tokens: readonly string[];
}

/** So many messages that differ in one word only are one message with a value in it. */
const MIN_VARIANTS = 5;

/**
 * The first words of a message decide where the miner looks for its template, so "alice logged in" and "bob logged in" get
 * templates of their own while reading. Here they become one. Two or three such messages stay apart: they may well
 * mean different things.
 */
function mergeVariants(messages: readonly Message[]): Subject[] {
  let merged = [...messages];
  for (let position = 0; position < 3; position++) {
    const groups = Map.groupBy(merged, ({ tokens, severity }) => variantKey(tokens, severity, position));
    merged = [...groups].flatMap(([key, group]) =>
      key !== '' && group.length >= MIN_VARIANTS ? [merge(group, position)] : group,
    );
  }
  return [...Map.groupBy(merged, ({ tokens, severity }) => `${severity} ${tokens.join(' ')}`).values()].map((group) => {
    const { tokens, ...subject } = group.length > 1 ? merge(group, -1) : (group[0] as Message);
    return { ...subject, text: tokens.join(' ') };
  });
}

function variantKey(tokens: readonly string[], severity: Severity, position: number): string {
  if (position >= tokens.length || tokens.length < 3) return '';
  return `${severity} ${tokens.with(position, ANY).join(' ')}`;
}

function merge(group: readonly Message[], position: number): Message {
  const [first, ...rest] = group as [Message, ...Message[]];
  for (const { track } of rest) first.track.absorb(track);
  return {
    ...first,
    tokens: position === -1 ? first.tokens : first.tokens.with(position, ANY),
    isFailing: group.some(({ isFailing }) => isFailing),
    isReturning: group.some(({ isReturning }) => isReturning),
    count: group.reduce((sum, { count }) => sum + count, 0),
  };
}
