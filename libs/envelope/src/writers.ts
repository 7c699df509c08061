import type { RecordType } from './records/catalogue.js';
import type { Token } from './token.js';

/** The services that write facts of their own; every other writer is a bot, a publisher or the operator. */
export const SERVICES: readonly Token[] = ['orchestrator', 'tool-gateway', 'policy', 'memory', 'console'];

/** Who may write a type of record: a service by name, `bot` for whoever is no service, `anyone`. */
const writers: { readonly [T in RecordType]: 'orchestrator' | 'tool-gateway' | 'policy' | 'bot' | 'anyone' } = {
  'task-requested': 'orchestrator',
  'task-accepted': 'bot',
  'steps-planned': 'bot',
  'context-retrieved': 'bot',
  'tool-requested': 'bot',
  'tool-started': 'tool-gateway',
  'tool-refused': 'tool-gateway',
  'tool-finished': 'tool-gateway',
  'tool-in-doubt': 'tool-gateway',
  'approval-requested': 'tool-gateway',
  'approval-given': 'orchestrator',
  'settlement-requested': 'orchestrator',
  'call-settled': 'tool-gateway',
  'endpoint-changed': 'tool-gateway',
  'rate-reserved': 'tool-gateway',
  'calls-closed': 'tool-gateway',
  'result-verified': 'bot',
  'task-completed': 'bot',
  'task-failed': 'bot',
  'task-expired': 'orchestrator',
  'task-cancelled': 'orchestrator',
  'plan-made': 'orchestrator',
  'step-settled': 'orchestrator',
  'answer-given': 'orchestrator',
  'envelope-refused': 'orchestrator',
  'cancel-requested': 'orchestrator',
  'session-cancelled': 'orchestrator',
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
