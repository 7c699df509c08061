import { callKey, Evidence, type Fault, type JsonObject } from '@voorman/envelope';
import { type CheckStep, type Graph, type GraphStep, readySteps, render, TemplateError } from '@voorman/workflow';
import type { Brain } from './brain.js';
import { isOnLeash, type OpenTask, type TaskCall } from './domain/task-state.js';
import type { Thought } from './domain/thought.js';

/** What a scripted brain knows: for each capability of its bot, the graph of steps that carries it out. */
export interface Script {
  readonly agent: string;
  readonly skills: { readonly [capability: string]: Graph };
}

/** A brain without a language model: follows the graph that the bot's manifest declares for the capability asked for. */
export class ScriptedBrain implements Brain {
  constructor(private readonly script: Script) {}

  think(task: OpenTask, taskKey: string): Thought {
    try {
      return fitting(this.#think(task, taskKey));
    } catch (fault) {
      if (!(fault instanceof TemplateError)) throw fault;
      return fitting({
        kind: 'fail',
        fault: {
          code: 'agent/missing-input',
          message: `${this.script.agent} cannot go on: ${lackOf(fault.path)}`,
          next: 'Give the task what its capability needs, then ask again.',
        },
      });
    }
  }

  #think(task: OpenTask, taskKey: string): Thought {
    const capability = task.capability ?? capabilityFor(task, this.script);
    const graph = capability === undefined ? undefined : this.script.skills[capability];
    if (capability === undefined || graph === undefined) return unknownCapability(task, this.script);
    switch (task.phase) {
      case 'requested':
        return { kind: 'accept', capability };
      case 'accepted':
        return { kind: 'plan', steps: [...graph.steps, ...graph.verify].map(planned) };
      case 'planned':
        return { kind: 'retrieve', sources: (task.request.attachments ?? []).map((attachment) => attachment.name) };
      case 'executing':
        return execute(task, `${this.script.agent}@${taskKey}`, graph);
      case 'verified':
        return conclude(task, graph);
    }
  }
}

/** What a record holds: an answer of 32,000 characters, a fault's sentence of 4,000, its advice of 1,000. */
function fitting(thought: Thought): Thought {
  if (thought.kind === 'answer') return { ...thought, answer: cut(thought.answer, 32_000) };
  if (thought.kind !== 'fail') return thought;
  const { message, next } = thought.fault;
  return { ...thought, fault: { ...thought.fault, message: cut(message, 4_000), next: cut(next, 1_000) } };
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** What a template misses, as whoever asked would say it. */
function lackOf(path: string): string {
  const [root, name] = path.split('.');
  if (root === 'task' && name === 'attachments') return 'the task has no attachments.';
  if (root === 'task') return `the task says nothing about ${name ?? 'itself'}.`;
  return `a step before gave no value for ${path}.`;
}

const planned = (step: GraphStep) => ({ id: step.id, tool: step.tool, depends_on: step.depends_on });

/** The capability that the task names; or the only one the bot has. */
function capabilityFor(task: OpenTask, script: Script): string | undefined {
  const named = task.request.action;
  if (named !== undefined) return Object.hasOwn(script.skills, named) ? named : undefined;
  const all = Object.keys(script.skills);
  return all.length === 1 ? all[0] : undefined;
}

function unknownCapability(task: OpenTask, script: Script): Thought {
  const asked =
    task.request.action === undefined ? 'The task names no action.' : `It cannot do "${task.request.action}".`;
  return {
    kind: 'fail',
    fault: {
      code: 'agent/unknown-capability',
      message: `${script.agent} did not take the task. ${asked}`,
      next: `Set payload.action to one of: ${Object.keys(script.skills).join(', ')}.`,
    },
  };
}

/** The next call whose needs are met; then the checks; or why it cannot go on. */
function execute(task: OpenTask, taskKey: string, graph: Graph): Thought {
  const stopped = firstStopped(task);
  if (stopped) return { kind: 'fail', fault: stopFault(task, stopped) };
  const all: readonly GraphStep[] = [...graph.steps, ...graph.verify.map((check) => afterAllSteps(check, graph))];
  const [step] = readySteps(
    all,
    (id) => task.calls[id] !== undefined,
    (id) => task.calls[id]?.status === 'finished',
  );
  if (step) {
    const args = render(step.args, scopeOf(task)) as JsonObject;
    const callId = callKey({ tool: step.tool, arguments: args, task: taskKey, step: step.id });
    return { kind: 'call', step: step.id, tool: step.tool, callId, arguments: args };
  }
  if (all.some((each) => task.calls[each.id]?.status !== 'finished')) return { kind: 'wait' };
  return { kind: 'verify', checks: checksOf(task, graph) };
}

/** A check looks at the whole result, so it waits for every step whether or not it says so. */
const afterAllSteps = (check: CheckStep, graph: Graph): GraphStep => ({
  id: check.id,
  tool: check.tool,
  args: check.args,
  depends_on: [...new Set([...check.depends_on, ...graph.steps.map((step) => step.id)])],
});

function checksOf(task: OpenTask, graph: Graph) {
  const answer = render(graph.output.answer, scopeOf(task));
  const hasAnswer = typeof answer === 'string' && answer.trim() !== '';
  return [
    { name: 'has-answer', passed: hasAnswer, detail: hasAnswer ? 'There is an answer.' : 'The answer is empty.' },
    ...graph.verify.map((check) => {
      const passed = render(check.expect, scopeOf(task)) === true;
      return {
        name: check.id,
        passed,
        detail: `${check.tool} ${passed ? 'confirms' : 'does not confirm'} the result.`,
      };
    }),
  ];
}

function conclude(task: OpenTask, graph: Graph): Thought {
  if (!task.verification?.passed) {
    const failed = task.verification?.checks.filter((check) => !check.passed).map((check) => check.detail) ?? [];
    return {
      kind: 'fail',
      fault: {
        code: 'agent/not-verified',
        message: `The result did not pass its own check. ${failed.join(' ')}`.trim(),
        next: 'Look at the calls of this task in the log; nothing unverified was handed out.',
      },
    };
  }
  const scope = scopeOf(task);
  const evidence = graph.output.evidence === undefined ? [] : (render(graph.output.evidence, scope) ?? []);
  const parsed = Evidence.array().max(500).safeParse(evidence);
  if (!parsed.success) {
    return {
      kind: 'fail',
      fault: {
        code: 'agent/bad-evidence',
        message: 'The tools gave evidence that does not name source, line and text.',
        next: 'Compare the tool’s output with what the bot’s manifest quotes as evidence.',
      },
    };
  }
  return {
    kind: 'answer',
    answer: String(render(graph.output.answer, scope)),
    evidence: parsed.data,
    data: render(graph.output.data, scope) as JsonObject,
  };
}

/** What templates may quote: the task and the outputs of finished steps. */
const scopeOf = (task: OpenTask) => ({
  task: task.request,
  steps: Object.fromEntries(
    Object.entries(task.calls).flatMap(([step, call]) => (call.status === 'finished' ? [[step, call.output]] : [])),
  ),
});

type StoppedCall = Extract<TaskCall, { fault: Fault }>;

const firstStopped = (task: OpenTask): StoppedCall | undefined =>
  Object.values(task.calls).find((call): call is StoppedCall => 'fault' in call);

const stopFault = (task: OpenTask, call: StoppedCall): Fault =>
  isOnLeash(task) ? { ...call.fault, message: `${call.fault.message} The task ends here.` } : call.fault;
