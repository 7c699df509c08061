import type { z } from 'zod';
import { BundlePublished, RecordQuarantined, RegistryPublished } from './operation.js';
import { PlanMade, StepSettled, StepsPlanned } from './plan.js';
import {
  AnswerGiven,
  CancelRequested,
  ContextRetrieved,
  EnvelopeRefused,
  ResultVerified,
  SessionCancelled,
  TaskAccepted,
  TaskCancelled,
  TaskCompleted,
  TaskExpired,
  TaskFailed,
  TaskRequested,
} from './task.js';
import {
  ApprovalGiven,
  ApprovalRequested,
  CallSettled,
  CallsClosed,
  EndpointChanged,
  RateReserved,
  SettlementRequested,
  ToolFinished,
  ToolInDoubt,
  ToolRefused,
  ToolRequested,
  ToolStarted,
} from './tool.js';

/** Every record type with the schema of its payload: the single source of types, JSON Schema and protocol docs. */
export const catalogue = {
  'task-requested': TaskRequested,
  'task-accepted': TaskAccepted,
  'steps-planned': StepsPlanned,
  'context-retrieved': ContextRetrieved,
  'tool-requested': ToolRequested,
  'tool-started': ToolStarted,
  'tool-refused': ToolRefused,
  'tool-finished': ToolFinished,
  'tool-in-doubt': ToolInDoubt,
  'approval-requested': ApprovalRequested,
  'approval-given': ApprovalGiven,
  'settlement-requested': SettlementRequested,
  'call-settled': CallSettled,
  'endpoint-changed': EndpointChanged,
  'rate-reserved': RateReserved,
  'calls-closed': CallsClosed,
  'result-verified': ResultVerified,
  'task-completed': TaskCompleted,
  'task-failed': TaskFailed,
  'task-expired': TaskExpired,
  'task-cancelled': TaskCancelled,
  'plan-made': PlanMade,
  'step-settled': StepSettled,
  'answer-given': AnswerGiven,
  'envelope-refused': EnvelopeRefused,
  'cancel-requested': CancelRequested,
  'session-cancelled': SessionCancelled,
  'record-quarantined': RecordQuarantined,
  'bundle-published': BundlePublished,
  'registry-published': RegistryPublished,
} as const;

/** What can have happened: the `type` of an envelope. */
export type RecordType = keyof typeof catalogue;
/** What a record of this type says. */
export type PayloadOf<T extends RecordType> = z.infer<(typeof catalogue)[T]>;

/** Whether a text is the name of a record type. */
export const isRecordType = (value: string): value is RecordType => Object.hasOwn(catalogue, value);
