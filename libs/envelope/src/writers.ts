import { FOREMAN, GATEWAY } from './participants.js';
import type { RecordType } from './records/catalogue.js';
import type { Token } from './token.js';

/** The services that write facts of their own; every other writer is a bot, a publisher or the operator. */
export const SERVICES: readonly Token[] = [FOREMAN, GATEWAY, 'policy', 'memory', 'console'];

/** Who may write a type of record: a service by name, `bot` for whoever is no service, `anyone`. */
const writers: { readonly [T in RecordType]: typeof FOREMAN | typeof GATEWAY | 'policy' | 'bot' | 'anyone' } = {
  'task-requested': FOREMAN,
  'task-accepted': 'bot',
  'steps-planned': 'bot',
  'context-retrieved': 'bot',
  'tool-requested': 'bot',
  'tool-started': GATEWAY,
  'tool-refused': GATEWAY,
  'tool-finished': GATEWAY,
  'tool-in-doubt': GATEWAY,
  'approval-requested': GATEWAY,
  'approval-given': FOREMAN,
  'settlement-requested': FOREMAN,
  'call-settled': GATEWAY,
  'endpoint-changed': GATEWAY,
  'rate-reserved': GATEWAY,
  'calls-closed': GATEWAY,
  'result-verified': 'bot',
  'task-completed': 'bot',
  'task-failed': 'bot',
  'task-expired': FOREMAN,
  'task-cancelled': FOREMAN,
  'plan-made': FOREMAN,
  'step-settled': FOREMAN,
  'answer-given': FOREMAN,
  'envelope-refused': FOREMAN,
  'cancel-requested': FOREMAN,
  'session-cancelled': FOREMAN,
  'record-quarantined': 'anyone',
  'bundle-published': 'policy',
  'registry-published': 'policy',
};

/**
 * Whether a writer may state such a fact. The bus proves who wrote a record; this says what of it is believed: a bot that
 * writes "the session is cancelled" has written nothing.
 */
export function mayWrite(source: Token, type: RecordType): boolean {
  const writer = writers[type];
  if (writer === 'anyone') return true;
  return writer === 'bot' ? !SERVICES.includes(source) : writer === source;
}
