import type { TaskCommand } from '@voorman/agent';
import { type Decision, FOREMAN, OPERATOR, type Recorded } from '@voorman/envelope';
import type { Delivery, DueTimer } from '@voorman/log';
import type { PolicyQuestion } from '@voorman/policy';
import { deadlineMs, isPastDeadline, settledFailures } from './domain/delegation.js';
import { type PlanningInput, propose, proposeAgain } from './domain/planner.js';
import type { Proposal, Root, Settlement } from './domain/root.js';
import type { SessionCommand } from './domain/session.js';
import type { Session } from './domain/session-state.js';
import { settlementOf } from './domain/settlement.js';
import { type ForemanPorts, TTL } from './ports.js';
import { withRulings } from './rulings.js';
import type { SessionSeal, Sessions } from './sessions.js';
import type { Ending, TaskAddress, Tasks } from './tasks.js';

type Ask = (question: PolicyQuestion) => Decision;

/** What the foreman does when a goal, an outcome, a cancellation or a deadline wakes it: read, decide, append, arm. */
export class SessionHandler {
  constructor(
    private readonly ports: ForemanPorts,
    private readonly sessions: Sessions,
    private readonly tasks: Tasks,
  ) {}

  /** A goal: plan it and hand out what is ready. */
  async goalRequested(record: Recorded<'task-requested'>, delivery: Delivery): Promise<void> {
    const seal = sealOf(record);
    const proposal = await withRulings(this.ports.policy, (ask) =>
      propose(this.#planningInput(seal, record.payload, ask)),
    );
    const atMs = this.ports.clock.nowMs();
    const answer = await this.sessions.decide(seal, () => ({ type: 'plan', root: record.task_id, proposal, atMs }));
    await this.#arm(seal, answer.appended, answer.state, delivery.count > 1);
    await this.#callOff(answer.appended);
  }

  /** A bot ended its task. */
  async taskEnded(record: Recorded<'task-completed' | 'task-failed'>, delivery: Delivery): Promise<void> {
    const settlement = settlementOf(record);
    const { source_agent: agent, task_id: taskId } = record;
    if (settlement) await this.#settle(sealOf(record), { taskId, agent, settlement }, delivery.count > 1);
  }

  /** Someone wants the session to end: nothing new starts, every open task ends, then everyone is told. */
  async cancelRequested(record: Recorded<'cancel-requested'>): Promise<void> {
    const seal = sealOf(record);
    const { reason, requested_by } = record.payload;
    const roots = [...(await this.sessions.load(seal.tenant, seal.session)).roots.values()].filter(
      (root) => root.status === 'open' && (requested_by === OPERATOR || root.publisher === requested_by),
    );
    for (const root of roots) {
      await this.sessions.decide(seal, () => ({ type: 'cancel', root: root.taskId, reason }));
      await this.#endOpenTasks(seal, root.taskId, { type: 'cancel', reason });
      await this.#end(seal, { type: 'end', root: root.taskId, outcome: 'cancelled', reason });
    }
  }

  /** A deadline may have passed: of a goal, or of one task. Early or late copies change nothing. */
  async timerDue(due: DueTimer): Promise<void> {
    const seal: SessionSeal = { ...addressOf(due), ttlSeconds: 60 };
    const atMs = this.ports.clock.nowMs();
    const state = await this.sessions.load(due.tenant, due.session);
    const root = state.roots.get(due.task);
    if (root?.kind === 'goal') return this.#goalDue(seal, root, atMs);
    const ending = await this.tasks.end(addressOf(due), { type: 'expire', atMs });
    if (ending.kind === 'open') return this.ports.timers.set({ ...addressOf(due), purpose: TTL }, ending.deadlineMs);
    if (ending.kind === 'ended') {
      const cause = { ...seal, causationId: ending.record.id };
      await this.#settle(cause, { taskId: due.task, settlement: ending.settlement }, true);
    }
  }

  async #goalDue(seal: SessionSeal, root: Root, atMs: number): Promise<void> {
    if (root.status !== 'open') return;
    if (!isPastDeadline(root, atMs)) {
      return this.ports.timers.set({ ...addressOf(seal), purpose: TTL }, deadlineMs(root));
    }
    const reason = `The goal was not reached within ${root.ttlSeconds} s.`;
    // No child outlives its parent: one whose own time is not up yet is cancelled.
    const endChildren = (): Promise<void> =>
      this.#endOpenTasks(seal, root.taskId, { type: 'expire', atMs }, { type: 'cancel', reason });
    await endChildren();
    await this.#end(seal, { type: 'end', root: root.taskId, outcome: 'expired', reason });
    // Another replica may have handed out one more before the answer; after it nobody does.
    await endChildren();
  }

  async #end(seal: SessionSeal, command: Extract<SessionCommand, { type: 'end' }>): Promise<void> {
    const { appended } = await this.sessions.decide(seal, () => command);
    await this.#callOff(appended);
  }

  /**
   * Ends every task of a root that is still open, and takes note of how each really ended.
   * @param commands put to each task in turn until it has ended.
   */
  async #endOpenTasks(
    seal: SessionSeal,
    rootId: string,
    ...commands: readonly Extract<TaskCommand, { type: 'cancel' | 'expire' }>[]
  ): Promise<void> {
    const root = (await this.sessions.load(seal.tenant, seal.session)).roots.get(rootId);
    const open = (root?.steps ?? []).filter((step) => step.status === 'delegated' && !step.settlement);
    for (const step of open) {
      let ending: Ending = { kind: 'unknown' };
      for (const command of commands) {
        ending = await this.tasks.end({ ...addressOf(seal), task: step.task_id }, command);
        if (ending.kind !== 'open') break;
      }
      if (ending.kind !== 'ended') continue;
      const cause = { ...seal, causationId: ending.record.id };
      await this.#settle(cause, { taskId: step.task_id, settlement: ending.settlement }, true);
    }
  }

  async #settle(
    seal: SessionSeal,
    ended: { readonly taskId: string; readonly agent?: string; readonly settlement: Settlement },
    isAgain: boolean,
  ): Promise<void> {
    const atMs = this.ports.clock.nowMs();
    // Made once per wake-up: a replacement's task ids must not change between two looks at the same state.
    let replacement: Proposal | undefined;
    const answer = await withRulings(this.ports.policy, (ask) =>
      this.sessions.decide(seal, (state) => {
        replacement ??= this.#replacement(seal, state, ended.taskId, ask);
        return { type: 'settle', ...ended, atMs, ...(replacement === undefined ? {} : { replacement }) };
      }),
    );
    await this.#arm(seal, answer.appended, answer.state, isAgain);
    await this.#callOff(answer.appended);
  }

  /** Who else could do what failed. */
  #replacement(seal: SessionSeal, state: Session, taskId: string, ask: Ask): Proposal | undefined {
    const root = state.roots.get(state.rootOf.get(taskId) ?? '');
    const failed = root === undefined ? [] : settledFailures(root);
    if (root === undefined || failed.length === 0) return undefined;
    const tried = new Set([...root.replaced, ...failed].map((step) => step.agent));
    return proposeAgain(this.#planningInput(seal, root.request, ask), failed.map(planStepOf), tried);
  }

  #planningInput(seal: SessionSeal, request: Root['request'], ask: Ask): PlanningInput {
    return {
      request,
      cards: this.ports.cards,
      nextTaskId: () => this.ports.ids.next(),
      decide: (agent, capability) =>
        ask({
          action: 'task_delegate',
          tenant: seal.tenant,
          session: seal.session,
          task: seal.task,
          agent: FOREMAN,
          target_agent: agent,
          capability,
          environment: this.ports.environment,
        }),
    };
  }

  /**
   * Sets the deadline of every task that was just handed out. When the wake-up came again, or led to nothing, an earlier
   * try may have died between handing out and arming, so every task that is still out is armed once more; a copy
   * replaces itself.
   */
  async #arm(seal: SessionSeal, appended: readonly Recorded[], state: Session, isAgain: boolean): Promise<void> {
    const fresh = appended.filter((record): record is Recorded<'task-requested'> => record.type === 'task-requested');
    const atMs = this.ports.clock.nowMs();
    const deadlines = new Map(fresh.map((record) => [record.task_id, atMs + record.ttl_seconds * 1_000]));
    if (isAgain || appended.length === 0) {
      for (const root of state.roots.values())
        for (const step of root.steps)
          if (step.status === 'delegated' && !step.settlement && !deadlines.has(step.task_id))
            deadlines.set(step.task_id, root.status === 'open' ? atMs + 1_000 : atMs);
    }
    await Promise.all(
      [...deadlines].map(([task, dueMs]) => this.ports.timers.set({ ...addressOf(seal), task, purpose: TTL }, dueMs)),
    );
  }

  /** Nobody waits for these deadlines any more. One that a crash leaves behind fires once and finds nothing to do. */
  async #callOff(appended: readonly Recorded[]): Promise<void> {
    const ends = appended.filter(({ type }) => type === 'step-settled' || type === 'answer-given');
    await Promise.all(ends.map((end) => this.ports.timers.cancel({ ...addressOf(sealOf(end)), purpose: TTL })));
  }
}

const sealOf = (record: Recorded): SessionSeal => ({
  tenant: record.tenant,
  session: record.correlation_id,
  task: record.task_id,
  ttlSeconds: record.ttl_seconds,
  causationId: record.id,
});

const addressOf = ({ tenant, session, task }: TaskAddress): TaskAddress => ({ tenant, session, task });

const planStepOf = ({ status: _status, settlement: _settlement, ...step }: Root['steps'][number]) => step;
