import { type Task, type TaskCommand, task } from '@voorman/agent';
import { type Recorded, taskBoundary } from '@voorman/envelope';
import type { AgentManifest } from '@voorman/registry';
import { brainOf } from '@voorman/worker-agent/handlers';
import { type Replayer, replayerOf } from '../replay.js';

/** Whether the decision was made about one task, whoever made it. */
export const isAboutTask = (record: Recorded): boolean =>
  record.condition?.filter === taskBoundary(record.tenant, record.correlation_id, record.task_id);

/** What the foreman makes of inbox messages, under the boundary of their task: facts from outside, no decider's work. */
const INTAKE: readonly Recorded['type'][] = ['task-requested', 'cancel-requested', 'envelope-refused'];

/** What a bot's brain thought, and how the foreman ended tasks: the decider of a task's life. */
export function taskReplayer(bots: readonly AgentManifest[]): Replayer {
  const brains = new Map(bots.map((bot) => [bot.name, brainOf(bot)]));
  return replayerOf<Task, TaskCommand>(
    task,
    (record) => isAboutTask(record) && !INTAKE.includes(record.type),
    (record, state) => {
      if (record.type === 'task-expired') return [{ type: 'expire', atMs: Date.parse(record.time) }];
      if (record.type === 'task-cancelled') return [{ type: 'cancel', reason: record.payload.reason }];
      const brain = brains.get(record.source_agent);
      if (!brain || state.status !== 'open') return [];
      const taskKey = `${record.tenant}/${record.correlation_id}/${record.task_id}`;
      return [{ type: 'think', thought: brain.think(state, taskKey) }];
    },
  );
}
