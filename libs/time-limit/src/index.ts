export { TimeLimitReached, withinTime } from './within-time.js';
