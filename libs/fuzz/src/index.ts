export { type Failure, type FuzzOptions, type FuzzReport, fuzz, type Sort } from './fuzz.js';
