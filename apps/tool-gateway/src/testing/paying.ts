import type { Decision, Effect, Recorded } from '@voorman/envelope';
import type { Limits } from '../domain/budget.js';
import type { CallsCommand, Offer, Opening } from '../domain/call-command.js';
import type { Request } from '../domain/call-state.js';
import type { Duties } from '../domain/duties.js';
import { recorded } from './played.js';

/** Policy allows it. */
export const yes: Decision = { action: 'tool_execute', allow: true, reasons: ['listed'], bundle: 'r1', latency_us: 5 };
/** Policy does not. */
export const no: Decision = { ...yes, allow: false, reasons: ['not listed'] };
/** What a bot asks for. */
export const request = (callId = 'c1'): Request => ({ callId, tool: 'pay', bot: 'sre-bot' });
const duties: Duties = { redact: [], conditions: [], draft: false };
/** The tool, as its manifest has it. */
export const offer = (effect: Effect = 'once'): Offer => ({
  tool: 'pay',
  version: '1.0.0',
  effect,
  maxAttempts: effect === 'once' ? 1 : 3,
  costUsd: 0.01,
  tokens: 0,
});
/** What the session allows. */
export const limits: Limits = { session: {}, beganAtMs: 0, maxCalls: 20 };
/** What begins an attempt. */
export const opening = (more: Partial<Opening> = {}): Opening => ({
  offer: offer(),
  limits,
  decision: yes,
  duties,
  atMs: 1_000,
  ...more,
});
/** The wish to begin the call. */
export const start = (more: Partial<Extract<CallsCommand, { type: 'start' }>> = {}): CallsCommand => ({
  ...opening(),
  type: 'start',
  request: request(),
  isPatient: true,
  ...more,
});

/** That an attempt began. */
export const startedCall = (effect: Effect, attempt = 1, callId = 'c1', agent = 'sre-bot'): Recorded =>
  recorded({
    type: 'tool-started',
    target: 'journal',
    payload: {
      call_id: callId,
      agent,
      tool: 'pay',
      version: '1.0.0',
      effect,
      attempt,
      max_attempts: effect === 'once' ? 1 : 3,
      cost_usd: 0,
      decision: yes,
    },
  });
/** The wish to begin it again: in turn, or because its gateway is gone. */
export const repeat = (attempt: number, afterCrash: boolean, decision = yes): CallsCommand => ({
  ...opening({ decision, offer: offer('read') }),
  type: 'repeat',
  request: request(),
  attempt,
  origin: 'request',
  afterCrash,
});
