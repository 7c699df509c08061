export { brainOf } from './brains.js';
export { TaskHandler, type TaskNews, type WorkerPorts } from './task.handler.js';
