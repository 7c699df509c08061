import type { Recorded } from '@voorman/envelope';

const MAX = 160;

/** What a record says, in one line for people. */
export const gist = (record: Recorded): string => short(gistOf(record));

const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX ? `${line.slice(0, MAX - 1)}…` : line;
};

function gistOf(record: Recorded): string {
  switch (record.type) {
    case 'task-requested':
      return record.payload.goal ?? record.payload.action ?? '';
    case 'task-accepted':
      return record.payload.capability;
    case 'steps-planned':
      return record.payload.steps.map((step) => step.tool).join(', ');
    case 'context-retrieved':
      return record.payload.sources.join(', ');
    case 'tool-requested':
      return `${record.payload.tool}`;
    case 'tool-started':
      return `${record.payload.tool}${record.payload.attempt > 1 ? `, attempt ${record.payload.attempt}` : ''}`;
    case 'tool-refused':
      return `${record.payload.tool}: ${record.payload.message}`;
    case 'tool-finished':
      return `${record.payload.tool} ${record.payload.fault?.message ?? 'ok'} (${Math.round(record.payload.duration_ms)} ms)`;
    case 'tool-in-doubt':
      return `${record.payload.tool}: ${record.payload.message}`;
    case 'result-verified':
      return record.payload.passed ? 'passed' : 'did not pass';
    case 'task-completed':
      return record.payload.answer;
    case 'task-failed':
    case 'envelope-refused':
    case 'task-expired':
      return record.payload.message;
    case 'task-cancelled':
    case 'session-cancelled':
    case 'calls-closed':
      return record.payload.reason;
    case 'cancel-requested':
      return `${record.payload.requested_by}: ${record.payload.reason}`;
    case 'plan-made':
      return record.payload.steps.map((step) => `${step.agent}/${step.capability}`).join(', ');
    case 'step-settled':
      return `${record.payload.agent}: ${record.payload.outcome}`;
    case 'answer-given':
      return `${record.payload.outcome}: ${record.payload.answer}`;
    case 'record-quarantined':
      return `${record.payload.position} of ${record.payload.subject}: ${record.payload.reason}`;
    case 'approval-requested':
      return `${record.payload.tool} for ${record.payload.agent}: ${record.payload.reason}`;
    case 'approval-given':
      return `${record.payload.approved ? 'yes' : 'no'}, ${record.payload.approved_by}: ${record.payload.because}`;
    case 'settlement-requested':
    case 'call-settled':
      return `${record.payload.happened ? 'happened' : 'did not happen'}: ${record.payload.because}`;
    case 'endpoint-changed':
      return `${record.payload.endpoint} ${record.payload.state}`;
    case 'rate-reserved':
      return `${record.payload.tool}: ${record.payload.calls}`;
    case 'bundle-published':
    case 'registry-published':
      return record.payload.revision;
  }
}
