import {
  type Attachment,
  type Decision,
  type Fault,
  type PlanStep,
  spokenReasons,
  type TaskRequested,
} from '@voorman/envelope';
import { cycleIn } from '@voorman/workflow';
import { attachmentKind, fits, type Kind, keywordHits } from './matching.js';
import type { Proposal, RefusedBot } from './root.js';

/** What a bot says that it can do. */
export interface Capability {
  readonly name: string;
  readonly keywords: readonly string[];
  readonly attachments?: { readonly kinds: readonly Kind[]; readonly required: boolean };
  /** Fields of its input that are filled from what another capability found. */
  readonly uses: readonly { readonly capability: string; readonly input: string; readonly path: string }[];
}

/** A bot, as its manifest presents it to the planner. */
export interface AgentCard {
  readonly name: string;
  readonly capabilities: readonly Capability[];
}

/** Everything a plan is made of. Ids come in: the planner is pure. */
export interface PlanningInput {
  readonly request: TaskRequested;
  readonly cards: readonly AgentCard[];
  /** Policy's answer for each pair. */
  readonly decide: (agent: string, capability: string) => Decision;
  readonly nextTaskId: () => string;
}

interface Wanted {
  readonly capability: Capability;
  readonly attachments: readonly string[];
  readonly score: number;
}

/**
 * The plan that a publisher declared, or one that matches goal and attachments to the capabilities in the bots' cards:
 * every attachment goes to the capability that reads its kind and fits the goal best; a capability without attachments
 * is wanted when the goal names it. Deterministic: the same input makes the same plan.
 */
export function propose(input: PlanningInput): Proposal {
  if (input.request.plan !== undefined) return declared(input);
  const wanted = wantedCapabilities(input);
  if (wanted.length === 0) return { reason: '', steps: [], refused: [], fault: nothingFits(input) };
  const refused: RefusedBot[] = [];
  const steps = wanted.flatMap((each) => stepFor(input, each, wanted, refused));
  const missing = wanted.find((each) => !steps.some((step) => step.capability === each.capability.name));
  if (missing) return { reason: '', steps: [], refused, fault: denied(missing.capability.name, refused) };
  return {
    reason: `Matched to ${steps.map((step) => `${step.agent}/${step.capability}`).join(', ')}.`,
    steps,
    refused,
  };
}

/** Other bots for the steps that failed, or `undefined` where there is none for one of them. */
export function proposeAgain(
  input: PlanningInput,
  failed: readonly PlanStep[],
  tried: ReadonlySet<string>,
): Proposal | undefined {
  const refused: RefusedBot[] = [];
  const steps: PlanStep[] = [];
  for (const step of failed) {
    const choice = choose(input, step.capability, refused, tried);
    if (choice === undefined) return undefined;
    steps.push({ ...step, ...choice, task_id: input.nextTaskId() });
  }
  return {
    reason: `Others take over: ${steps.map((step) => `${step.agent}/${step.capability}`).join(', ')}.`,
    steps,
    refused,
  };
}

function wantedCapabilities({ request, cards }: PlanningInput): Wanted[] {
  const goal = request.goal ?? '';
  const byName = new Map(cards.flatMap((card) => card.capabilities.map((capability) => [capability.name, capability])));
  const capabilities = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const named = request.action === undefined ? undefined : byName.get(request.action);
  if (named) return [{ capability: named, attachments: names(request.attachments ?? []), score: 1 }];

  const taken = new Map<string, string[]>();
  for (const attachment of request.attachments ?? []) {
    const kind = attachmentKind(attachment);
    const best = capabilities
      .filter((capability) => capability.attachments && fits(kind, capability.attachments.kinds))
      .map((capability) => ({ capability, score: score(capability, goal, kind) }))
      .sort((a, b) => b.score - a.score)[0];
    if (best) taken.set(best.capability.name, [...(taken.get(best.capability.name) ?? []), attachment.name]);
  }
  const asked = capabilities.filter(
    (capability) =>
      !capability.attachments?.required && !taken.has(capability.name) && keywordHits(goal, capability.keywords) > 0,
  );
  return capabilities
    .filter((capability) => taken.has(capability.name) || asked.includes(capability))
    .map((capability) => ({
      capability,
      attachments: taken.get(capability.name) ?? [],
      score: keywordHits(goal, capability.keywords),
    }));
}

const names = (attachments: readonly Attachment[]): string[] => attachments.map((attachment) => attachment.name);

/** An exact kind outweighs any number of words; words decide between capabilities that read the same kind. */
const score = (capability: Capability, goal: string, kind: Kind): number =>
  (capability.attachments?.kinds.includes(kind) ? 1_000 : 0) + keywordHits(goal, capability.keywords);

function stepFor(input: PlanningInput, wanted: Wanted, all: readonly Wanted[], refused: RefusedBot[]): PlanStep[] {
  const choice = choose(input, wanted.capability.name, refused, new Set());
  if (choice === undefined) return [];
  const uses = wanted.capability.uses.filter((use) => all.some((each) => each.capability.name === use.capability));
  return [
    {
      id: stepId(wanted.capability.name),
      task_id: input.nextTaskId(),
      ...choice,
      capability: wanted.capability.name,
      depends_on: uses.map((use) => stepId(use.capability)),
      attachments: [...wanted.attachments],
      input: Object.fromEntries(uses.map((use) => [use.input, `{{ steps.${stepId(use.capability)}.${use.path}? }}`])),
    },
  ];
}

const stepId = (capability: string): string => capability.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 64);

/** The first bot, by name, that has the capability, was not tried, and that policy allows. */
function choose(input: PlanningInput, capability: string, refused: RefusedBot[], tried: ReadonlySet<string>) {
  const bots = input.cards
    .filter((card) => card.capabilities.some((each) => each.name === capability) && !tried.has(card.name))
    .map((card) => card.name)
    .sort();
  for (const agent of bots) {
    const decision = input.decide(agent, capability);
    if (decision.allow) return { agent, decision };
    refused.push({ agent, capability, decision });
  }
  return undefined;
}

/** Fields of a delegated task's payload that are not a plan's to set. */
const RESERVED = ['plan', 'goal', 'action', 'attachments', 'delegation'];

/** A plan that came with the goal: who does what is the publisher's choice, whether it may is policy's. */
function declared(input: PlanningInput): Proposal {
  const problem = (message: string): Proposal => ({
    reason: '',
    steps: [],
    refused: [],
    fault: { code: 'plan/invalid', message, next: 'Correct payload.plan.steps and publish the goal again.' },
  });
  const steps = input.request.plan?.steps ?? [];
  const refused: RefusedBot[] = [];
  const planned: PlanStep[] = [];
  for (const step of steps) {
    const card = input.cards.find((each) => each.name === step.agent);
    if (!card?.capabilities.some((each) => each.name === step.capability)) {
      return problem(`The plan's step ${step.id} asks ${step.agent} for ${step.capability}, which it does not offer.`);
    }
    const taken = RESERVED.find((field) => Object.hasOwn(step.input, field));
    if (taken !== undefined) {
      return problem(
        `The input of the plan's step ${step.id} has a field ${taken}, which the foreman fills in itself.`,
      );
    }
    const decision = input.decide(step.agent, step.capability);
    if (!decision.allow) refused.push({ agent: step.agent, capability: step.capability, decision });
    planned.push({
      ...step,
      task_id: input.nextTaskId(),
      attachments: step.attachments ?? names(input.request.attachments ?? []),
      decision,
    });
  }
  const ids = new Set(steps.map((step) => step.id));
  if (ids.size !== steps.length) return problem('Two steps of the plan have the same id.');
  const lost = steps.flatMap((step) => step.depends_on).find((id) => !ids.has(id));
  if (lost !== undefined) return problem(`A step of the plan depends on ${lost}, which is no step.`);
  const cycle = cycleIn(steps);
  if (cycle) return problem(`The plan's steps ${cycle.join(', ')} wait for each other.`);
  if (refused[0]) return { reason: '', steps: [], refused, fault: denied(refused[0].capability, refused) };
  return { reason: 'Declared with the goal.', steps: planned, refused };
}

const nothingFits = ({ request, cards }: PlanningInput): Fault => ({
  code: 'plan/nothing-fits',
  message: `No bot here fits the goal${(request.attachments ?? []).length > 0 ? ' and its attachments' : ''}. The bots can: ${
    [...new Set(cards.flatMap((card) => card.capabilities.map((capability) => capability.name)))].sort().join(', ') ||
    'nothing yet'
  }.`,
  next: 'Name what is wanted more precisely, attach what it is about, or deploy a bot for it.',
});

/** Why nobody does it: policy refused every bot that could, or there is none. */
function denied(capability: string, refused: readonly RefusedBot[]): Fault {
  const next = 'Ask whoever keeps the policy, or name another capability.';
  if (refused.length === 0) return { code: 'plan/no-bot', message: `No bot offers ${capability}.`, next };
  const reasons = spokenReasons(refused.flatMap((each) => each.decision.reasons));
  const message = `Policy lets no bot do ${capability}: ${reasons}.`;
  return { code: 'policy/denied', message, next };
}
