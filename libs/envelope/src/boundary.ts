import { FOREMAN } from './participants.js';
import { requireToken, type Token } from './token.js';

/**
 * A consistency boundary: the filter over the records that a decision depends on.
 * Whoever guards a boundary uses the identical text: records in flight of a replicated stream are compared by it. So
 * filters are built here and nowhere else.
 */
export type Boundary = string & { readonly __boundary: unique symbol };

const boundary = (...tokens: string[]): Boundary => ['log', ...tokens].join('.') as Boundary;

/** Everything that happened to one task, whoever wrote it: guards its next step and its one outcome. */
export const taskBoundary = (tenant: Token, session: Token, task: Token): Boundary =>
  boundary('*', requireToken('tenant', tenant), requireToken('session', session), requireToken('task', task), '*');

/**
 * Everything that one service recorded in a session. Only that service can write here, so a cached position is proved
 * by the next append alone. The gateway's guards the call budget, the orchestrator's the plan.
 */
export const serviceBoundary = (tenant: Token, session: Token, service: Token): Boundary =>
  boundary('*', requireToken('tenant', tenant), requireToken('session', session), '*', requireToken('source', service));

/** What the orchestrator gave to one bot in a task: empty where the task is not that bot's. For reading. */
export const taskGrant = (tenant: Token, session: Token, task: Token, bot: Token): Boundary =>
  boundary(
    requireToken('target', bot),
    requireToken('tenant', tenant),
    requireToken('session', session),
    requireToken('task', task),
    FOREMAN,
  );

/** The whole story of a session, in order. For reading; nothing is decided on it. */
export const sessionStory = (tenant: Token, session: Token): Boundary =>
  boundary('*', requireToken('tenant', tenant), requireToken('session', session), '*', '*');

/** Everything that one service or bot recorded, in whatever session. For reading. */
export const writtenBy = (source: Token): Boundary => boundary('*', '*', '*', '*', requireToken('source', source));

/** Everything in the log. For reading. */
export const wholeLog = (): Boundary => boundary('*', '*', '*', '*', '*');

/** True where the filter (with `*` for one token and a last `>` for one or more) covers the subject. */
export function matches(filter: string, subject: string): boolean {
  const wanted = filter.split('.');
  const given = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return given.length > index;
    if (given[index] === undefined || (token !== '*' && token !== given[index])) return false;
  }
  return wanted.length === given.length;
}
