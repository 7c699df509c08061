export { systemCode } from './system-code.js';
export { keptFile, readIfThere, writeWhole } from './whole-file.js';
