export type { Bundles } from './bundles.js';
export { type DecisionRequest, Decisions, readAll } from './decisions.js';
export {
  BoundaryMisfitError,
  ConditionFailedError,
  IdTakenError,
  LogForbiddenError,
  LogFullError,
  LogUnavailableError,
  PayloadCorruptError,
  PayloadMissingError,
  PoisonRecordError,
  ServerTooOldError,
  StreamDriftError,
} from './errors.js';
export type { GivenUp, GiveUpOptions } from './given-up.js';
export type { Inbox, InboxMessage } from './inbox.js';
export type { Condition, Delivery, Following, FollowOptions, Log, Page, WakeHandler } from './log.js';
export type { Payloads } from './payloads.js';
export type { Clock, Ids } from './surroundings.js';
export type { DueTimer, TimerKey, Timers } from './timers.js';
