export type { Brain } from './brain.js';
export { type TaskCommand, task } from './domain/task.js';
export type { OpenTask, Phase, Task, TaskCall } from './domain/task-state.js';
export type { Thought } from './domain/thought.js';
export { type Script, ScriptedBrain } from './scripted-brain.js';
