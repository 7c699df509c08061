import { randomUUID } from 'node:crypto';
import { type Draft, type Envelope, JOURNAL, sealDraft } from '@voorman/envelope';

/** Tenant of everything that the contract records. */
export const TENANT = 'contract';

/** A token that no other test uses. */
export const fresh = (what: string): string => `${what}-${randomUUID().slice(0, 12)}`;

export interface Sample {
  readonly source: string;
  readonly session: string;
  readonly task?: string;
  readonly target?: string;
  /** Text that the record carries, to tell it from others. */
  readonly text?: string;
  readonly id?: string;
  readonly draft?: Draft;
}

/** A small valid record: a note that a task was accepted, unless `draft` says otherwise. */
export function sample({
  source,
  session,
  task = 'task-1',
  target = JOURNAL,
  text = 'noted',
  id,
  draft,
}: Sample): Envelope {
  return sealDraft(draft ?? note(text, target), {
    source,
    tenant: TENANT,
    session,
    task,
    ttlSeconds: 60,
    id: id ?? randomUUID(),
    atMs: Date.now(),
  });
}

/** The smallest draft that carries a text. */
export const note = (text: string, target: string = JOURNAL): Draft => ({
  type: 'task-accepted',
  target,
  payload: { state: 'INTAKE', capability: text },
});

/** The text of a sample; `undefined` for a record of another type. */
export const textOf = (record: Envelope): string | undefined =>
  record.type === 'task-accepted' ? record.payload.capability : undefined;
