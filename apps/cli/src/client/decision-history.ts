import { type Boundary, type Recorded, serviceBoundary, sessionStory, wholeLog } from '@voorman/envelope';
import type { Log } from '@voorman/log';
import { NameError } from '../errors.js';
import { DecisionReader, type FoundDecision } from './decisions.js';
import { recordsOf } from './records.js';

/** What of the recorded decisions is wanted; what is left out restricts nothing. */
export interface DecisionFilter {
  readonly tenant: string;
  /** Absent: every session of every tenant. */
  readonly session?: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly allow?: boolean;
  /** Milliseconds since 1970, both included. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

const PAGE = 1_000;

/** The recorded decisions that fit, oldest first. */
export async function* decisionHistory(log: Log, filter: DecisionFilter): AsyncGenerator<FoundDecision> {
  const boundary = filter.session === undefined ? wholeLog() : sessionStory(filter.tenant, filter.session);
  const reader = new DecisionReader();
  const from = await positionBefore(log, boundary, filter.sinceMs);
  for await (const record of recordsOf(log, boundary, from)) {
    if (filter.untilMs !== undefined && record.recordedAtMs > filter.untilMs) return;
    for (const decision of reader.read(record)) if (fits(decision, record, filter)) yield decision;
  }
}

function fits(decision: FoundDecision, record: Recorded, { agent, tool, allow, sinceMs }: DecisionFilter): boolean {
  return (
    (agent === undefined || decision.agent === agent) &&
    (tool === undefined || decision.tool === tool) &&
    (allow === undefined || decision.allow === allow) &&
    (sinceMs === undefined || record.recordedAtMs >= sinceMs)
  );
}

/** A call's request comes before its decision, at most as much before as a call may wait. */
const REQUESTS_BEFORE_MS = 60_000;

/** A position before which nothing was recorded at or after a moment, less what a decision may refer back to. */
async function positionBefore(log: Log, boundary: Boundary, sinceMs: number | undefined): Promise<number> {
  if (sinceMs === undefined) return 0;
  let low = 0;
  let high = await log.last(boundary);
  while (high - low > PAGE) {
    const middle = Math.floor((low + high) / 2);
    const [next] = (await log.read(boundary, middle, 1)).records;
    if (next !== undefined && next.recordedAtMs < sinceMs - REQUESTS_BEFORE_MS) low = middle;
    else high = middle;
  }
  return low;
}

/** @throws {NameError} the log has no such session. */
export async function requireSession(log: Log, tenant: string, session: string): Promise<void> {
  if ((await log.last(sessionStory(tenant, session))) > 0) return;
  throw new NameError(
    `The log has no session ${session}${tenant === 'default' ? '' : ` of the tenant ${tenant}`}.`,
    'Check its name, and --tenant if it is not the default one.',
  );
}

/** A policy that was put in force, as the log says. */
export interface Publication {
  readonly revision: string;
  readonly digest: string;
  readonly entrypoints: readonly string[];
  readonly recordedAtMs: number;
}

/** What was in force when, oldest first. */
export async function publications(log: Log): Promise<Publication[]> {
  const found: Publication[] = [];
  for await (const record of recordsOf(log, serviceBoundary('system', 'policy', 'policy'), 0)) {
    if (record.type === 'bundle-published') found.push({ ...record.payload, recordedAtMs: record.recordedAtMs });
  }
  return found;
}
