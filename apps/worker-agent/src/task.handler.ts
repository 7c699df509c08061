import { type Brain, type Task, type TaskCommand, type Thought, task } from '@voorman/agent';
import { hasCode, type Recorded, taskBoundary } from '@voorman/envelope';
import { type Clock, Decisions, type Delivery, type Ids, type Log, type Payloads } from '@voorman/log';
import { LargeOutputs } from './large-outputs.js';

/** What a bot's host needs of the world. */
export interface WorkerPorts {
  readonly log: Log;
  readonly payloads: Pick<Payloads, 'open'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The bot's name: source of its records. */
  readonly name: string;
  readonly brain: Brain;
}

/** Types of record that tell a bot about its task: read the task, let the brain think, append what the decider allows. */
export type TaskNews = Recorded<
  'task-requested' | 'tool-finished' | 'tool-refused' | 'tool-in-doubt' | 'task-expired' | 'task-cancelled'
>;

/** Carries a bot's tasks on, one record after another, until there is nothing to do but wait. */
export class TaskHandler {
  readonly #decisions: Decisions<Task, TaskCommand>;
  readonly #outputs: LargeOutputs;

  constructor(private readonly ports: WorkerPorts) {
    this.#outputs = new LargeOutputs(ports.payloads);
    this.#decisions = new Decisions(ports.log, task, ports.clock, ports.ids);
  }

  /** Resolves when the task waits for somebody else, or has ended. */
  async woken(record: TaskNews, delivery: Delivery): Promise<void> {
    // Ids of tasks are unique in their session only, but a call's key must be unique in the world.
    const taskKey = `${record.tenant}/${record.correlation_id}/${record.task_id}`;
    const boundary = taskBoundary(record.tenant, record.correlation_id, record.task_id);
    const outputs = this.#outputs.forOneWakeUp();
    const decide = (think: (current: Task) => Thought) =>
      this.#decisions.decide({
        boundary,
        command: (current) => ({ type: 'think', thought: think(current) }),
        // Of its task a bot heeds what it wrote itself and what is addressed to it, and every such type is news to it.
        // The orchestrator gives a task once, and before that nobody tells a bot anything in it.
        woken: { record, delivery, opens: record.type === 'task-requested' },
        seal: {
          source: this.ports.name,
          tenant: record.tenant,
          session: record.correlation_id,
          task: record.task_id,
          ttlSeconds: record.ttl_seconds,
          causationId: record.id,
        },
      });
    do {
      const { state } = await decide((current) => this.#think(outputs.placed(current), taskKey)).catch(
        (fault: unknown) => {
          // The same record would be refused at every delivery, until the task expires for a reason that says nothing.
          if (hasCode(fault, 'log/forbidden')) return decide(() => this.#notLetThrough);
          throw fault;
        },
      );
      if (state.status === 'ended') this.#decisions.forget(boundary);
    } while (await outputs.fetchMissing());
  }

  /** What a bot says that the bus keeps from whom it would address: mostly the gateway, as policy allows it no tool. */
  get #notLetThrough(): Thought {
    return {
      kind: 'fail',
      fault: {
        code: 'agent/forbidden',
        message: `${this.ports.name} may not address whom it needs for this task: policy lets it use no tool, or its tools are missing.`,
        next: 'See voorman policy permissions for what it may, and voorman status for manifests that cannot be used.',
      },
    };
  }

  #think(current: Task | undefined, taskKey: string): Thought {
    return current?.status === 'open' ? this.ports.brain.think(current, taskKey) : { kind: 'wait' };
  }
}
