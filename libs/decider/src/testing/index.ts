export { type Expect, specification } from './specification.js';
