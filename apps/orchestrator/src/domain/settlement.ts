import type { Recorded } from '@voorman/envelope';
import type { Settlement } from './root.js';

/** What happens to a task as such: its ends are among these, and a new one breaks the build below. */
type TaskRecord = Extract<Recorded, { type: `task-${string}` }>;

/** How a task ended, from the record that ended it; `undefined` for any other record. */
export const settlementOf = (record: Recorded): Settlement | undefined =>
  isAboutTask(record) ? endOf(record) : undefined;

const isAboutTask = (record: Recorded): record is TaskRecord => record.type.startsWith('task-');

function endOf(record: TaskRecord): Settlement | undefined {
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
    case 'task-requested':
    case 'task-accepted':
      return undefined;
  }
  return record satisfies never;
}
