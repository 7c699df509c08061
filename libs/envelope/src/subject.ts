import { SubjectMismatchError } from './errors.js';
import { requireToken, type Token } from './token.js';

/** The five tokens behind `log.`: whom a record wakes, whose it is, and who wrote it. */
export interface Address {
  readonly target: Token;
  readonly tenant: Token;
  readonly session: Token;
  readonly task: Token;
  readonly source: Token;
}

/** The target of records that need to wake nobody. */
export const JOURNAL = 'journal';

const fields = ['target', 'tenant', 'session', 'task', 'source'] as const;

/**
 * `log.<target>.<tenant>.<session>.<task>.<source>`.
 * @throws {InvalidTokenError} before anything that could be read as another subject gets out.
 */
export function encodeSubject(address: Address): string {
  return `log.${fields.map((field) => requireToken(field, address[field])).join('.')}`;
}

/**
 * The address that a log subject says.
 * @throws {SubjectMismatchError} when it is no log subject of exactly five tokens.
 * @throws {InvalidTokenError} when one of them is not a token (a stored subject may hold a literal `*`).
 */
export function decodeSubject(subject: string): Address {
  const [head, ...tokens] = subject.split('.');
  const [target, tenant, session, task, source] = tokens;
  if (
    head !== 'log' ||
    tokens.length !== fields.length ||
    target === undefined ||
    tenant === undefined ||
    session === undefined ||
    task === undefined ||
    source === undefined
  ) {
    throw new SubjectMismatchError(subject);
  }
  const address: Address = { target, tenant, session, task, source };
  for (const field of fields) requireToken(field, address[field]);
  return address;
}
