export { keptFile, readIfThere, writeWhole } from './whole-file.js';
