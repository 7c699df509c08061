import { fold } from '@voorman/decider';
import { type Draft, type Recorded, sealDraft } from '@voorman/envelope';
import type { CallsCommand } from '../domain/call-command.js';
import { calls } from '../domain/calls.js';

let position = 0;

/** The draft as a gateway's record behind all others, caused by `request-1`. */
export function recorded(draft: Draft): Recorded {
  position += 1;
  const seal = { source: 'tool-gateway', tenant: 'default', session: 's', task: 't', ttlSeconds: 60, atMs: 0 };
  const sealed = sealDraft(draft, { ...seal, id: `r${position}`, causationId: 'request-1' });
  return { ...sealed, position, recordedAtMs: 0 } as Recorded;
}

/** What is recorded when these commands arrive in this order behind a past, each asked until quiet. */
export function playedAfter(past: readonly Recorded[], ...commands: readonly CallsCommand[]): Recorded[] {
  const added: Recorded[] = [];
  for (const command of commands) {
    for (;;) {
      const next = calls.decide(command as never, fold(calls, [...past, ...added]) as never);
      if (next === undefined) break;
      added.push(recorded(next));
    }
  }
  return added;
}

/** The same in a new session. */
export const played = (...commands: readonly CallsCommand[]): Recorded[] => playedAfter([], ...commands);

export const typesOf = (records: readonly Recorded[]): string[] => records.map(({ type }) => type);
