import type { Recorded } from '@voorman/envelope';

/** What somebody who waits for an answer wants to hear of a record; `undefined` for the rest. */
export function progress(record: Recorded): string | undefined {
  switch (record.type) {
    case 'plan-made':
      return `orchestrator: plan ${record.payload.revision}: ${record.payload.steps.map((step) => `${step.agent} does ${step.capability}`).join(', ')}`;
    case 'task-accepted':
      return `${record.source_agent}: took the task (${record.payload.capability})`;
    case 'approval-requested': {
      const { tool, kind, reason, call_id } = record.payload;
      const what = kind === 'draft' ? 'is ready to be sent' : 'waits for a person';
      return `tool-gateway: ${tool} ${what}: ${reason} (voorman approve ${call_id.slice(0, 12)} --because "…")`;
    }
    case 'tool-started': {
      const { tool, attempt, fallback_for: asked } = record.payload;
      if (asked !== undefined) return `tool-gateway: runs ${tool} in place of ${asked}`;
      return `tool-gateway: runs ${tool}${attempt > 1 ? ` again (attempt ${attempt})` : ''}`;
    }
    case 'tool-finished':
      return `tool-gateway: ${record.payload.tool} ${record.payload.fault === undefined ? 'finished' : `failed: ${record.payload.fault.message}`} (${Math.round(record.payload.duration_ms)} ms)`;
    case 'tool-refused':
      return `tool-gateway: refused ${record.payload.tool}: ${record.payload.message}`;
    case 'tool-in-doubt':
      return `tool-gateway: ${record.payload.tool} is in doubt: ${record.payload.message}`;
    case 'result-verified':
      return `${record.source_agent}: checked its result: ${record.payload.passed ? 'passed' : 'did not pass'}`;
    case 'task-completed':
      return `${record.source_agent}: done`;
    case 'task-failed':
      return `${record.source_agent}: failed: ${record.payload.message}`;
    case 'task-expired':
      return `orchestrator: ${record.payload.message}`;
    case 'task-cancelled':
      return `orchestrator: cancelled a task: ${record.payload.reason}`;
    default:
      return undefined;
  }
}

/** A moment of the day, local time, to the second. */
export const clockTime = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);
