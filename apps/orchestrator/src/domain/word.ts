import {
  askerOf,
  type Fault,
  isCallRecord,
  JsonObject,
  OPERATOR,
  type PublishedEnvelope,
  type Recorded,
  Token,
} from '@voorman/envelope';

/** The actions by which a person decides on a call instead of beginning something. */
const WORDS = ['approve', 'settle'] as const;
export type WordAction = (typeof WORDS)[number];

/** What a person said about a call, as the message has it. */
export type Word = {
  readonly call: string;
  readonly agent: string;
  readonly because: string;
  readonly by: string;
} & (
  | {
      readonly action: 'approve';
      readonly approved: boolean;
      readonly digest: string;
      readonly arguments?: JsonObject;
    }
  | { readonly action: 'settle'; readonly happened: boolean }
);

/** Which word a message is; `undefined` where it is none, but a goal. */
export const wordAction = ({ payload }: PublishedEnvelope): WordAction | undefined =>
  WORDS.find((action) => action === payload.action);

/** Reads a word; a fault where it lacks something. */
export function wordIn({ payload }: PublishedEnvelope, publisher: string): Word | { readonly fault: Fault } {
  const { call, agent, because, user, approved, happened, digest, arguments: edited } = payload;
  const names = [call, agent].map((name) => Token.safeParse(name));
  if (names.some(({ success }) => !success)) return { fault: incomplete('call and agent') };
  if (typeof because !== 'string' || because === '') return { fault: incomplete('because') };
  const by = typeof user === 'string' && publisher === OPERATOR ? `${user} (${publisher})` : publisher;
  const common = {
    call: String(call),
    agent: String(agent),
    because: because.slice(0, 1_000),
    by: by.slice(0, 256),
  };
  if (payload.action === 'settle') {
    return typeof happened === 'boolean'
      ? { ...common, action: 'settle', happened }
      : { fault: incomplete('happened') };
  }
  if (typeof approved !== 'boolean') return { fault: incomplete('approved') };
  if (typeof digest !== 'string' || digest.length > 128) return { fault: incomplete('digest') };
  if (edited === undefined) return { ...common, action: 'approve', approved, digest };
  const parsed = JsonObject.safeParse(edited);
  if (!parsed.success) return { fault: incomplete('arguments, where there are any,') };
  return { ...common, action: 'approve', approved, digest, arguments: parsed.data };
}

/** What a word is about: where its call lies. */
export interface Matter {
  readonly task: string;
  readonly tool: string;
  readonly ttlSeconds: number;
  /** Its bot waits for it. */
  readonly isAwaited: boolean;
}

/**
 * The call that a word is about, or why there is nothing to say a word on. A word on other arguments than those that wait
 * now, or said a second time, is refused.
 * @param gateway everything that gateways recorded in the session. @param said what was said in it before.
 */
export function matterOf(
  word: Word,
  gateway: readonly Recorded[],
  said: readonly Recorded[],
): Matter | { readonly fault: Fault } {
  const last = gateway.findLast((record) => isAbout(record, word));
  if (last === undefined) return { fault: nothingThere(word) };
  if (word.action === 'settle') {
    return last.type === 'tool-in-doubt' ? matter(last, last.payload.tool, false) : { fault: notInDoubt(word) };
  }
  const proposal = gateway.findLast(
    (record): record is Recorded<'approval-requested'> => record.type === 'approval-requested' && isAbout(record, word),
  );
  const isSaid = said.some(
    (record) =>
      record.type === 'approval-given' && record.payload.call_id === word.call && record.payload.agent === word.agent,
  );
  if (proposal === undefined || isSaid) return { fault: nothingWaits(word) };
  if (proposal.payload.digest !== word.digest) return { fault: otherArguments(word) };
  const isCall = proposal.payload.kind === 'call';
  // Behind a draft stands what its bot was told; behind a call that waits, nothing.
  const isOpen = isCall ? last === proposal : last === proposal || last.type === 'tool-finished';
  return isOpen ? matter(proposal, proposal.payload.tool, isCall) : { fault: nothingWaits(word) };
}

const matter = (record: Recorded, tool: string, isAwaited: boolean): Matter => ({
  task: record.task_id,
  tool,
  ttlSeconds: record.ttl_seconds,
  isAwaited,
});

const isAbout = (record: Recorded, { call, agent }: Word): boolean =>
  isCallRecord(record) && record.payload.call_id === call && askerOf(record) === agent;

const incomplete = (what: string): Fault => ({
  code: 'inbox/incomplete-word',
  message: `The message does not say ${what} as it should.`,
  next: 'Use voorman approve, voorman reject or voorman calls settle.',
});

const nothingThere = ({ call, agent }: Word): Fault => ({
  code: 'inbox/unknown-call',
  message: `${agent} has no call ${call} in this session.`,
  next: 'Look at the list: voorman calls --session ID.',
});

const notInDoubt = ({ call }: Word): Fault => ({
  code: 'inbox/not-in-doubt',
  message: `The call ${call} is not in doubt, or not any more.`,
  next: 'Look at the list: voorman calls --in-doubt.',
});

export const nothingWaits = ({ call }: Pick<Word, 'call'>): Fault => ({
  code: 'inbox/nothing-to-approve',
  message: `The call ${call} does not wait for an approval, or not any more.`,
  next: 'Look at the list: voorman approvals.',
});

const otherArguments = ({ call }: Word): Fault => ({
  code: 'inbox/other-arguments',
  message: `What waits under the call ${call} is not what was approved.`,
  next: 'Look at it again: voorman approvals.',
});
