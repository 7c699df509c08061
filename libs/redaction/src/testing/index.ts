export { API_KEYS } from './samples.js';
