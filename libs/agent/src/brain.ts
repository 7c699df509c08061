import type { OpenTask } from './domain/task-state.js';
import type { Thought } from './domain/thought.js';

/**
 * Thinks for a bot: given how far the task is, what next? A brain only wishes; the task's decider keeps it honest.
 * This is the pure kind: the same task always leads to the same thought, so a replay can ask it again.
 */
export interface Brain {
  /** @param taskKey tenant, session and id of the task: its name among all tasks, for the keys of its calls. */
  think(task: OpenTask, taskKey: string): Thought;
}
