export { type Decider, type Frozen, fold } from './decider.js';
export {
  type Answer,
  type BoundaryLog,
  decideUntilQuiet,
  type Question,
  RestlessBoundaryError,
  type Snapshot,
} from './until-quiet.js';
