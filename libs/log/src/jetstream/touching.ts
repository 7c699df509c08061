import { matches } from '@voorman/envelope';
import type { Append } from './append.js';

/**
 * The appends that are under way. Two appends touch when one's condition covers the other's record: the server checks
 * every condition of a batch against the state before the batch, so it would accept both. So do two of one session that
 * share an id; elsewhere that is a clash of ids, which the server refuses.
 * Kept by session, which every condition of ours names.
 */
export class Touching {
  /** One append, or several: sessions with more than one under way are few. */
  readonly #bySession = new Map<string, Append | Append[]>();
  readonly #unnamed = new Set<Append>();

  add(append: Append): void {
    const session = sessionOf(append.subject);
    if (!names(append, session)) this.#unnamed.add(append);
    const there = this.#bySession.get(session);
    if (Array.isArray(there)) there.push(append);
    else this.#bySession.set(session, there === undefined ? append : [there, append]);
  }

  delete(append: Append): void {
    const session = sessionOf(append.subject);
    if (this.#unnamed.size > 0) this.#unnamed.delete(append);
    const there = this.#bySession.get(session);
    if (there === append) this.#bySession.delete(session);
    if (!Array.isArray(there)) return;
    const left = there.filter((other) => other !== append);
    if (left.length > 0) this.#bySession.set(session, left);
    else this.#bySession.delete(session);
  }

  touches(append: Append): boolean {
    for (const other of this.#unnamed) if (touch(other, append)) return true;
    const session = sessionOf(append.subject);
    const there = this.#bySession.get(session);
    if (there !== undefined && touchesAny(append, there)) return true;
    if (names(append, session)) return false;
    for (const others of this.#bySession.values()) if (touchesAny(append, others)) return true;
    return false;
  }
}

const touchesAny = (append: Append, others: Append | readonly Append[]): boolean =>
  'subject' in others ? touch(append, others) : others.some((other) => touch(append, other));

const touch = (one: Append, other: Append): boolean => one.id === other.id || sees(one, other) || sees(other, one);

const sees = (one: Append, other: Append): boolean =>
  one.condition !== undefined && matches(one.condition.boundary, other.subject);

/** `<tenant>.<session>` of a subject or boundary: its second and third token behind `log`. */
function sessionOf(subject: string): string {
  const tenant = subject.indexOf('.', 4) + 1;
  const session = subject.indexOf('.', tenant) + 1;
  return subject.slice(tenant, subject.indexOf('.', session));
}

/** Whether what the append looks at lies in its own session, or it looks at nothing. */
const names = ({ condition }: Append, session: string): boolean =>
  condition === undefined || condition.boundary.startsWith(`${session}.`, condition.boundary.indexOf('.', 4) + 1);
