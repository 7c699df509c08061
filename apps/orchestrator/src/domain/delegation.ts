import type { Draft, JsonObject } from '@voorman/envelope';
import { readySteps, render } from '@voorman/workflow';
import type { Root, Step } from './root.js';

/** Part of the time left that a child gets: the rest is for replanning and for telling the user. */
const CHILD_SHARE = 0.9;

export const deadlineMs = (root: Root): number => root.requestedAtMs + root.ttlSeconds * 1_000;

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

/** A child never outlives its parent: whole seconds, at least 1. */
export const childTtlSeconds = (root: Root, atMs: number): number =>
  Math.max(1, Math.floor(((deadlineMs(root) - atMs) * CHILD_SHARE) / 1_000));

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
    ttlSeconds: childTtlSeconds(root, atMs),
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
