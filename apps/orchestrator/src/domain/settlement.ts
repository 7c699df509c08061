import type { Recorded } from '@voorman/envelope';
import type { Settlement } from './root.js';

/** How a task ended, from the record that ended it; `undefined` for any other record. */
export function settlementOf(record: Recorded): Settlement | undefined {
  switch (record.type) {
    case 'task-completed': {
      const { answer, evidence, data } = record.payload;
      return { outcome: 'completed', answer, evidence, ...(data === undefined ? {} : { data }) };
    }
    case 'task-failed':
      return { outcome: 'failed', answer: '', evidence: [], fault: record.payload };
    case 'task-expired':
      return {
        outcome: 'expired',
        answer: '',
        evidence: [],
        fault: {
          code: 'task/expired',
          message: record.payload.message,
          next: 'Check that the bot runs, or give the task a longer time to live.',
        },
      };
    case 'task-cancelled':
      return {
        outcome: 'cancelled',
        answer: '',
        evidence: [],
        fault: {
          code: 'task/cancelled',
          message: `Cancelled: ${record.payload.reason}`,
          next: 'Ask again when it is wanted after all.',
        },
      };
    default:
      return undefined;
  }
}
