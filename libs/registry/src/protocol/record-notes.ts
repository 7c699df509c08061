import type { RecordType } from '@voorman/envelope';

/** What a reader of the log wants to know about a record type besides its fields. */
export interface RecordNote {
  /** What happened. */
  readonly says: string;
  /** Whose source token it carries. */
  readonly writer: string;
  /** Whose durable it wakes; "nobody" for the journal. */
  readonly wakes: string;
  /** The boundary whose condition it was appended under, or why there is none. */
  readonly under: string;
}

const nobody = 'nobody (`journal`)';
const taskLife = 'the task’s boundary';
const foreman = 'the orchestrator’s boundary in the session';
const gateway = 'the gateway’s boundary in the session';
const fact = 'no condition: a fact from outside';

/** One note per record type; a new type does not compile until it has one. */
export const recordNotes: Readonly<Record<RecordType, RecordNote>> = {
  'task-requested': {
    says: 'Someone asked for something: a goal for the orchestrator, or a task for a bot. The life of the task begins here.',
    writer: 'orchestrator (for a publisher, see `delegation`, or for its own plan)',
    wakes: 'the orchestrator, or the bot that the task is for',
    under: foreman,
  },
  'task-accepted': { says: 'The bot took the task.', writer: 'the bot', wakes: nobody, under: taskLife },
  'steps-planned': { says: 'The bot chose its steps.', writer: 'the bot', wakes: nobody, under: taskLife },
  'context-retrieved': {
    says: 'The bot gathered what its steps work on.',
    writer: 'the bot',
    wakes: nobody,
    under: taskLife,
  },
  'tool-requested': {
    says: 'The bot asks for one call of a tool.',
    writer: 'the bot',
    wakes: 'tool-gateway',
    under: taskLife,
  },
  'tool-started': {
    says: 'The gateway checked the call, policy allowed it, its budget is reserved. The effect may happen from here on.',
    writer: 'tool-gateway',
    wakes: nobody,
    under: gateway,
  },
  'tool-refused': {
    says: 'The call will not happen, and why.',
    writer: 'tool-gateway',
    wakes: 'the bot',
    under: gateway,
  },
  'tool-finished': {
    says: 'The call ended: with an output, or with a fault. A bot lets lie what it did not ask for: the gateway asked about a doubt.',
    writer: 'tool-gateway',
    wakes: 'the bot',
    under: gateway,
  },
  'tool-in-doubt': {
    says: 'The gateway died during a call that must not be repeated: it may have happened, and a person has to look.',
    writer: 'tool-gateway',
    wakes: 'the bot',
    under: gateway,
  },
  'approval-requested': {
    says: 'A call, or a draft, waits for a person’s yes.',
    writer: 'tool-gateway',
    wakes: nobody,
    under: gateway,
  },
  'approval-given': {
    says: 'A person said yes or no to a call or a draft, possibly after editing it.',
    writer: 'orchestrator (for the person, whose right it asked policy for)',
    wakes: 'tool-gateway',
    under: foreman,
  },
  'settlement-requested': {
    says: 'A person knows whether a call in doubt happened.',
    writer: 'orchestrator (for the person, whose right it asked policy for)',
    wakes: 'tool-gateway',
    under: foreman,
  },
  'call-settled': {
    says: 'A call in doubt is settled: it happened, or it did not.',
    writer: 'tool-gateway',
    wakes: nobody,
    under: gateway,
  },
  'endpoint-changed': {
    says: 'An endpoint failed, was cut off, is tried again, or answers again: what every gateway goes by.',
    writer: 'tool-gateway',
    wakes: nobody,
    under: 'the endpoint’s boundary, in the tenant `system`',
  },
  'rate-reserved': {
    says: 'A gateway took a part of a rate limit’s calls for itself.',
    writer: 'tool-gateway',
    wakes: nobody,
    under: 'the tool’s boundary, in the tenant `system`',
  },
  'calls-closed': {
    says: 'The session is over for the gateway: nothing of it starts any more.',
    writer: 'tool-gateway',
    wakes: nobody,
    under: gateway,
  },
  'result-verified': {
    says: 'The bot checked its own result.',
    writer: 'the bot',
    wakes: nobody,
    under: taskLife,
  },
  'task-completed': {
    says: 'The task has its result. One of the four ends of a task.',
    writer: 'the bot',
    wakes: 'the orchestrator',
    under: taskLife,
  },
  'task-failed': {
    says: 'The task cannot be done, and why. One of the four ends of a task.',
    writer: 'the bot',
    wakes: 'the orchestrator',
    under: taskLife,
  },
  'task-expired': {
    says: 'The task’s time ran out. One of the four ends of a task.',
    writer: 'orchestrator',
    wakes: 'the bot',
    under: taskLife,
  },
  'task-cancelled': {
    says: 'The task is no longer wanted. One of the four ends of a task.',
    writer: 'orchestrator',
    wakes: 'the bot',
    under: taskLife,
  },
  'plan-made': {
    says: 'The foreman decided who does what. A later revision replaces the steps it names.',
    writer: 'orchestrator',
    wakes: nobody,
    under: foreman,
  },
  'step-settled': {
    says: 'The foreman took note of how one step of its plan ended.',
    writer: 'orchestrator',
    wakes: nobody,
    under: foreman,
  },
  'answer-given': {
    says: 'The one end of what a publisher asked for.',
    writer: 'orchestrator',
    wakes: 'the publisher',
    under: foreman,
  },
  'envelope-refused': {
    says: 'A message in the inbox did not become a task, and why. Nothing else came of it.',
    writer: 'orchestrator',
    wakes: 'the publisher',
    under: 'no condition: its id comes from the message, so that a repetition is the same record',
  },
  'cancel-requested': {
    says: 'A publisher, or the person at the machine, wants a session to end.',
    writer: 'orchestrator (for the publisher)',
    wakes: 'the orchestrator',
    under: taskLife,
  },
  'session-cancelled': {
    says: 'The foreman ended a session: no call of it may start any more.',
    writer: 'orchestrator',
    wakes: 'tool-gateway',
    under: foreman,
  },
  'record-quarantined': {
    says: 'A service could not handle a record after its last delivery; it is set aside, never dropped.',
    writer: 'the service that could not handle it',
    wakes: nobody,
    under: fact,
  },
  'bundle-published': {
    says: 'Policy compiled, tested and published a bundle.',
    writer: 'policy',
    wakes: nobody,
    under: 'policy’s own boundary',
  },
  'registry-published': {
    says: 'A revision of the tool registry was published: new sessions begin with it. Each gateway judges its signatures itself.',
    writer: 'policy',
    wakes: nobody,
    under: 'policy’s own boundary',
  },
};
