export type { Broken, Sort } from './broken.js';
export { type FuzzOptions, fuzz } from './fuzz.js';
export type { Failure, FuzzReport } from './report.js';
