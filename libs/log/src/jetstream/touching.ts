import { matches } from '@voorman/envelope';
import type { Append } from './append.js';

/**
 * The appends that are under way. Two appends touch when one's condition covers the other's record, or when they share an
 * id: the server checks every condition of a batch against the state before the batch, so it would accept both.
 * Kept by session, which every condition of ours names.
 */
export class Touching {
  readonly #bySession = new Map<string, Set<Append>>();
  readonly #ids = new Map<string, number>();
  readonly #unnamed = new Set<Append>();

  add(append: Append): void {
    this.#ids.set(append.id, (this.#ids.get(append.id) ?? 0) + 1);
    if (isUnnamed(append)) this.#unnamed.add(append);
    const session = sessionOf(append.subject);
    const there = this.#bySession.get(session);
    if (there === undefined) this.#bySession.set(session, new Set([append]));
    else there.add(append);
  }

  delete(append: Append): void {
    const left = (this.#ids.get(append.id) ?? 0) - 1;
    if (left > 0) this.#ids.set(append.id, left);
    else this.#ids.delete(append.id);
    this.#unnamed.delete(append);
    const session = sessionOf(append.subject);
    const there = this.#bySession.get(session);
    there?.delete(append);
    if (there?.size === 0) this.#bySession.delete(session);
  }

  touches(append: Append): boolean {
    if (this.#ids.has(append.id)) return true;
    for (const other of this.#unnamed) if (sees(other, append)) return true;
    if (isUnnamed(append)) {
      for (const session of this.#bySession.values()) for (const other of session) if (sees(append, other)) return true;
      return false;
    }
    for (const other of this.#bySession.get(sessionOf(append.subject)) ?? []) {
      if (sees(append, other) || sees(other, append)) return true;
    }
    return false;
  }
}

const sees = (one: Append, other: Append): boolean =>
  one.condition !== undefined && matches(one.condition.boundary, other.subject);

/** `<tenant>.<session>` of a subject or boundary: its second and third token behind `log`. */
function sessionOf(subject: string): string {
  const tenant = subject.indexOf('.', 4) + 1;
  const session = subject.indexOf('.', tenant) + 1;
  return subject.slice(tenant, subject.indexOf('.', session));
}

/** Whether the condition reaches beyond one session. */
const isUnnamed = ({ condition }: Append): boolean =>
  condition !== undefined && /[*>]/.test(sessionOf(condition.boundary));
