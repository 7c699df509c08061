import { FOREMAN, type Recorded, writtenBy } from '@voorman/envelope';
import type { Log } from '@voorman/log';

/** A session with goals that have no answer yet. */
export interface SessionInFlight {
  readonly tenant: string;
  readonly session: string;
  /** The revision of the registry that it began with; null for one that began before there was any. */
  readonly registry: string | null;
}

const PAGE = 1_000;

/** Every session in flight, read off what the foreman wrote: a goal that was taken, and not answered yet. */
export async function sessionsInFlight(log: Log): Promise<readonly SessionInFlight[]> {
  const sessions = new Map<string, SessionInFlight & { readonly open: Set<string> }>();
  for await (const record of records(log)) {
    const key = `${record.tenant} ${record.correlation_id}`;
    if (record.type === 'answer-given') sessions.get(key)?.open.delete(record.task_id);
    if (record.type !== 'task-requested') continue;
    const { delegation } = record.payload;
    if (delegation === undefined || delegation.root_task_id !== record.task_id) continue;
    const known = sessions.get(key) ?? {
      ...{ tenant: record.tenant, session: record.correlation_id },
      // Only the first record of a session says what it keeps.
      registry: delegation.terms?.registry ?? null,
      open: new Set<string>(),
    };
    known.open.add(record.task_id);
    sessions.set(key, known);
  }
  return [...sessions.values()]
    .filter(({ open }) => open.size > 0)
    .map(({ tenant, session, registry }) => ({ tenant, session, registry }));
}

async function* records(log: Log): AsyncGenerator<Recorded> {
  let after = 0;
  for (let more = true; more; ) {
    const page = await log.read(writtenBy(FOREMAN), after, PAGE);
    yield* page.records;
    after = page.records.at(-1)?.position ?? after;
    more = page.more && page.records.length > 0;
  }
}
