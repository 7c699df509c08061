import type { Draft, JsonObject } from '@voorman/envelope';
import { readySteps, render } from '@voorman/workflow';
import type { Root, Step } from './root.js';

/** Up to here a life is short: rounding down a tenth would cost the bot a second. Milliseconds. */
const SHORT_MS = 10_000;
/** What the foreman keeps of a short life: enough to tell the user, not to try again. Milliseconds. */
const MOMENT_MS = 250;
/** What it keeps of a longer one, so that another bot may try: one part in so many. */
const KEPT_PART = 10;

/** When a goal has to be answered. Milliseconds since 1970, by the log's clock. */
export const deadlineMs = (root: Root): number => root.requestedAtMs + root.ttlSeconds * 1_000;

/** Whether nobody waits for the goal any more. */
export const isPastDeadline = (root: Root, atMs: number): boolean => atMs >= deadlineMs(root);

/** Steps that ended badly and that no later plan has replaced. */
export const settledFailures = (root: Root): Step[] =>
  root.steps.filter((step) => step.settlement !== undefined && step.settlement.outcome !== 'completed');

/** Steps that were planned, not yet delegated, and whose needs completed. */
export const readyToDelegate = (root: Root): Step[] =>
  readySteps(
    root.steps,
    (id) => stepOf(root, id)?.status !== 'planned',
    (id) => stepOf(root, id)?.settlement?.outcome === 'completed',
  );

const stepOf = (root: Root, id: string): Step | undefined => root.steps.find((step) => step.id === id);

/**
 * A child's life where its parent has this much left: whole seconds, at least 1, as the wire wants it. So it outlives its
 * parent only where the parent has less than a second left; at the parent's deadline the foreman ends every child.
 */
export function childTtlSeconds(leftMs: number): number {
  const keptMs = leftMs > SHORT_MS ? leftMs / KEPT_PART : MOMENT_MS;
  return Math.max(1, Math.floor((leftMs - keptMs) / 1_000));
}

/** Asks a bot to do one step: the publisher's words, the step's attachments, and what earlier steps found. */
export function delegate(root: Root, step: Step, atMs: number): Draft {
  const found = Object.fromEntries(root.steps.map((each) => [each.id, each.settlement?.data ?? {}]));
  const attachments = (root.request.attachments ?? []).filter((each) => step.attachments.includes(each.name));
  // What an earlier step did not find is left out: a publisher's plan must not be able to stop the foreman.
  const input = render(step.input, { steps: found }, 'omit') as JsonObject;
  return {
    type: 'task-requested',
    target: step.agent,
    task: step.task_id,
    ttlSeconds: childTtlSeconds(deadlineMs(root) - atMs),
    payload: {
      ...input,
      ...(root.request.goal === undefined ? {} : { goal: root.request.goal }),
      action: step.capability,
      attachments,
      delegation: {
        on_behalf_of: root.publisher,
        root_task_id: root.taskId,
        step: step.id,
        decision: step.decision,
      },
    },
  };
}
