export { aTool, NOON, Objects, scratch, someKey, trusting } from './sample.js';
