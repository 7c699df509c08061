import type { Recorded } from './envelope.js';
import type { RecordType } from './records/catalogue.js';

/** A record of the gateway's about one call. */
export type CallRecord = Recorded<
  'tool-started' | 'tool-refused' | 'tool-finished' | 'tool-in-doubt' | 'approval-requested' | 'call-settled'
>;

/** A new record type says here what it is about, or the build breaks. */
const IS_ABOUT_A_CALL: Readonly<Record<Exclude<RecordType, CallRecord['type']>, false>> &
  Readonly<Record<CallRecord['type'], true>> = {
  'tool-started': true,
  'tool-refused': true,
  'tool-finished': true,
  'tool-in-doubt': true,
  'approval-requested': true,
  'call-settled': true,
  'task-requested': false,
  'task-accepted': false,
  'steps-planned': false,
  'context-retrieved': false,
  // Wishes, of a bot or a person, which the gateway may refuse.
  'tool-requested': false,
  'approval-given': false,
  'settlement-requested': false,
  // What many calls share.
  'endpoint-changed': false,
  'rate-reserved': false,
  'calls-closed': false,
  'result-verified': false,
  'task-completed': false,
  'task-failed': false,
  'task-expired': false,
  'task-cancelled': false,
  'plan-made': false,
  'step-settled': false,
  'answer-given': false,
  'envelope-refused': false,
  'cancel-requested': false,
  'session-cancelled': false,
  'record-quarantined': false,
  'bundle-published': false,
  'registry-published': false,
};

/** Whether the gateway says in it what became of one call. */
export const isCallRecord = (record: Recorded): record is CallRecord => IS_ABOUT_A_CALL[record.type];

/** The bot that asked for the call. What wakes it is addressed to it; what lies in the journal names it. */
export function askerOf(record: CallRecord): string {
  switch (record.type) {
    case 'tool-started':
    case 'approval-requested':
    case 'call-settled':
      return record.payload.agent;
    case 'tool-finished':
    case 'tool-refused':
    case 'tool-in-doubt':
      return record.target_agent;
  }
}
