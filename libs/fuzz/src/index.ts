export type { Broken, Sort } from './broken.js';
export { type Failure, type FuzzOptions, type FuzzReport, fuzz } from './fuzz.js';
