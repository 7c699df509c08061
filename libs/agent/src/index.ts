export type { Brain } from './brain.js';
export {
  isOnLeash,
  type OpenTask,
  type Phase,
  type Task,
  type TaskCall,
  type TaskCommand,
  type Thought,
  task,
} from './domain/task.js';
export { type Script, ScriptedBrain } from './scripted-brain.js';
