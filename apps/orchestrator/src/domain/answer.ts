import type { Draft, Evidence, Fault, Outcome, TaskSummary } from '@voorman/envelope';
import { settledFailures } from './delegation.js';
import type { Root, Step } from './root.js';

/**
 * An answer travels inside its record, so that a publisher that only knows NATS and JSON can read it: these bounds keep
 * it under 64 KiB. Bytes of JSON for evidence; characters for the texts, of which few take more than a byte.
 */
const MAX_EVIDENCE_BYTES = 30_000;
const MAX_ANSWER = 20_000;
const MAX_MESSAGE = 500;
const MAX_TASKS = 40;

/**
 * The one answer to what a publisher asked for: what each bot found, with its evidence; for a failure what went wrong
 * and what can be done, together with whatever was found all the same.
 */
export function answerOf(root: Root, ending?: { readonly outcome: Outcome; readonly fault: Fault }): Draft {
  const failed = settledFailures(root);
  const outcome = ending?.outcome ?? outcomeOf(failed);
  const fault = cut(ending?.fault ?? failed.find((step) => step.settlement?.fault)?.settlement?.fault);
  const found = root.steps.filter((step) => step.settlement?.outcome === 'completed');
  return {
    type: 'answer-given',
    target: root.publisher,
    task: root.taskId,
    ttlSeconds: root.ttlSeconds,
    payload: {
      outcome,
      answer: [...escalation(outcome, fault, failed), ...findings(found)].join('\n\n').slice(0, MAX_ANSWER),
      evidence: evidenceOf(found),
      tasks: [...root.replaced, ...root.steps].flatMap((step) => summaryOf(step, outcome)).slice(0, MAX_TASKS),
      ...(fault === undefined || outcome === 'completed' ? {} : { fault }),
      ...(root.refused.length === 0 ? {} : { refused: root.refused.slice(0, 10) }),
    },
  };
}

/** What all that went wrong has in common; where that is nothing, it is a failure. */
function outcomeOf(failed: readonly Step[]): Outcome {
  const outcomes = new Set(failed.map((step) => step.settlement?.outcome));
  const [only] = outcomes;
  if (only === undefined) return 'completed';
  return outcomes.size === 1 ? only : 'failed';
}

function escalation(outcome: Outcome, fault: Fault | undefined, failed: readonly Step[]): string[] {
  if (outcome === 'completed') return [];
  const lines = failed.map((step) => step.settlement?.fault?.message ?? `${step.agent} did not complete its part.`);
  const said = lines.length > 0 ? lines : [fault?.message ?? 'The goal was not reached.'];
  return [[...new Set(said), ...(fault === undefined ? [] : [fault.next])].join(' ')];
}

const findings = (found: readonly Step[]): string[] =>
  found.length === 1
    ? found.map((step) => step.settlement?.answer ?? '')
    : found.map((step) => `${step.agent} (${step.capability}): ${step.settlement?.answer ?? ''}`);

/** Every cited line once, as many as fit; the bots' own records have them all. */
function evidenceOf(found: readonly Step[]): Evidence[] {
  const seen = new Map<string, Evidence>();
  let bytes = 0;
  for (const step of found)
    for (const line of step.settlement?.evidence ?? []) {
      const key = `${line.source}:${line.line}`;
      if (!seen.has(key)) bytes += encoder.encode(JSON.stringify(line)).length;
      if (bytes > MAX_EVIDENCE_BYTES) return [...seen.values()];
      seen.set(key, line);
    }
  return [...seen.values()];
}

const encoder = new TextEncoder();

const cut = (fault: Fault | undefined): Fault | undefined =>
  fault && { code: fault.code, message: fault.message.slice(0, 4_000), next: fault.next.slice(0, 1_000) };

/** Delegated pieces only: a step that was never handed out was no task. One that is still open ends with its session. */
const summaryOf = (step: Step, ending: Outcome): TaskSummary[] => {
  if (step.status === 'planned') return [];
  const message = step.settlement?.fault?.message.slice(0, MAX_MESSAGE);
  return [
    {
      task_id: step.task_id,
      agent: step.agent,
      outcome: step.settlement?.outcome ?? ending,
      ...(message === undefined ? {} : { message }),
    },
  ];
};
