export {
  type Boundary,
  matches,
  serviceBoundary,
  sessionStory,
  taskBoundary,
  taskGrant,
  wholeLog,
  writtenBy,
} from './boundary.js';
export { type CallIdentity, callKey, canonical } from './call-key.js';
export { askerOf, type CallRecord, isCallRecord } from './call-record.js';
export { type Draft, type Seal, sealDraft } from './draft.js';
export {
  decodeEnvelope,
  ENVELOPE_SCHEMA,
  type Envelope,
  EnvelopeHead,
  encodeEnvelope,
  MAX_RECORD_BYTES,
  MAX_TTL_SECONDS,
  parsePayload,
  type Recorded,
  subjectOf,
  type WireEnvelope,
} from './envelope.js';
export {
  EnvelopeTooLargeError,
  hasCode,
  InvalidEnvelopeError,
  InvalidTokenError,
  isRetryable,
  type PublicError,
  SubjectMismatchError,
  VoormanError,
} from './errors.js';
export { idempotencyKey, type KnownCall } from './idempotency-key.js';
export type { Json } from './json.js';
export { FOREMAN, GATEWAY, OPERATOR } from './participants.js';
export { Attachment, MAX_INLINE_BYTES, PayloadRef } from './payload-ref.js';
export { MAX_INBOX_BYTES, PublishedEnvelope, parsePublished } from './published-envelope.js';
export { spokenReasons } from './reasons.js';
export { catalogue, isRecordType, type PayloadOf, type RecordType } from './records/catalogue.js';
export {
  Decision,
  Evidence,
  Fault,
  JsonObject,
  Obligation,
  Outcome,
  Redacted,
  SessionBudget,
  SessionTerms,
  TaskState,
} from './records/parts.js';
export { PlanStep } from './records/plan.js';
export { AnswerGiven, Delegation, TaskRequested, TaskSummary } from './records/task.js';
export { Effect, TOOL_BUDGET_EXCEEDED } from './records/tool.js';
export { type Address, decodeSubject, encodeSubject, JOURNAL } from './subject.js';
export { isToken, requireToken, Token } from './token.js';
export { mayWrite, SERVICES } from './writers.js';
