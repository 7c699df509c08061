import type { OpenTask, Thought } from './domain/task.js';

/**
 * Thinks for a bot: given how far the task is, what next? A brain only wishes; the task's decider keeps it honest.
 * This is the pure kind: the same task always leads to the same thought, so a replay can ask it again.
 */
export interface Brain {
  think(task: OpenTask, taskId: string): Thought;
}
