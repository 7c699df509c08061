import { type Decision, type Fault, spokenReasons, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Exceeded } from './budget.js';
import type { Request } from './call-state.js';

// Why a call was refused or ended, in words that its bot may read.

export const sessionClosed: Fault = {
  code: 'session/cancelled',
  message: 'The session was cancelled: no call of it starts any more.',
  next: 'Nothing is left to do in this session.',
};

export const denied = (request: Request, decision: Decision): Fault => ({
  code: 'policy/denied',
  message: cut(`Policy does not let ${request.bot} use ${request.tool}: ${spokenReasons(decision.reasons)}.`),
  next: 'Finish without this tool, or ask whoever keeps the policy.',
});

export const unmetObligation = (request: Request, type: string): Fault => ({
  code: 'policy/unknown-obligation',
  message: `Policy lets ${request.bot} use ${request.tool} under a condition that cannot be kept here: ${type}.`,
  next: 'Finish without this tool, or ask whoever keeps the policy.',
});

export const rejected = (request: Request, by: string, because: string): Fault => ({
  code: 'approval/rejected',
  message: cut(`${by} did not agree to this call of ${request.tool}: ${because}`),
  next: 'Finish without this tool, or ask for something else.',
});

export const notReading = (request: Request): Fault => ({
  code: 'probe/not-a-read',
  message: `${request.tool} does more than read: asking it what became of a call could do something itself.`,
  next: 'Name a tool of effect read under probe in the manifest.',
});

export const crashed = (request: Request): Fault => ({
  code: 'tool/crashed',
  message: `the gateway stopped while ${request.tool} was under way.`,
  next: 'Ask again.',
});

/** The leash: a bot that reads this code ends its tool loop. */
export const budgetExceeded = ({ tool, bot }: Request, exceeded: Exceeded): Fault => ({
  code: TOOL_BUDGET_EXCEEDED,
  message: exceeded.isShare
    ? `${bot} has used its part of the session’s ${UNITS[exceeded.kind]}, which is ${amountOf(exceeded)}.`
    : SENTENCES[exceeded.kind](amountOf(exceeded), tool, bot),
  next:
    exceeded.kind === 'tool'
      ? 'Finish with what is known; the limit is budget.max_calls_per_session in the tool’s manifest.'
      : `Finish with what is known; the limit is ${exceeded.kind} in the session’s budget.`,
});

const UNITS = {
  tool: 'calls of this tool',
  calls: 'calls',
  cost_usd: 'money',
  tokens: 'tokens',
  seconds: 'seconds',
  parallel: 'calls at once',
  refusals: 'refused calls',
};

const SENTENCES: { readonly [K in Exceeded['kind']]: (limit: string, tool: string, bot: string) => string } = {
  tool: (limit, tool) => `${tool} has used all ${limit} calls of this session.`,
  calls: (limit) => `This session has used all that it may call: ${limit} in all.`,
  cost_usd: (limit, tool) => `A call of ${tool} would cost more than is left of the session’s ${limit}.`,
  tokens: (limit, tool) => `A call of ${tool} would take more than is left of the session’s ${limit} tokens.`,
  seconds: (limit) => `The ${limit} s in which this session may begin calls are over.`,
  parallel: (limit) => `The ${limit} calls that may be under way at once stayed under way for the whole time.`,
  refusals: (limit, _tool, bot) => `${bot} had ${limit} calls refused in this session, which is all it may have.`,
};

const amountOf = ({ kind, limit }: Exceeded): string => (kind === 'cost_usd' ? `${limit} USD` : `${Math.floor(limit)}`);

/** A fault's sentence holds 4,000 characters; the decision beside it carries the reasons in full. */
const cut = (sentence: string): string => (sentence.length > 4_000 ? `${sentence.slice(0, 3_999)}…` : sentence);
