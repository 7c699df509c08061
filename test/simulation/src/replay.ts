import { type Decider, fold } from '@voorman/decider';
import { canonical, type Draft, matches, type Recorded } from '@voorman/envelope';
import type { Violation } from './promises.js';

/** Asks one service's decider again, with what its decision was based on. */
export interface Replayer {
  /** Whether this decider made that decision. */
  readonly decided: (record: Recorded) => boolean;
  /**
   * What it names for each command that may have led to the record. What came into a command from outside (time, policy,
   * a plan) is taken from the record itself: a replay never asks the world.
   */
  readonly redecide: (record: Recorded, past: readonly Recorded[]) => readonly (Draft | undefined)[];
}

/** A replayer of one decider. @param commands every command that may have led to the record, in the state it was made in. */
export const replayerOf = <State, Command>(
  decider: Decider<State, Command, Draft, Recorded>,
  decided: Replayer['decided'],
  commands: (record: Recorded, state: State) => readonly Command[],
): Replayer => ({
  decided,
  redecide: (record, past) => {
    const state = fold(decider, past);
    return commands(record, state).map((command) => decider.decide(command as never, state as never));
  },
});

/**
 * 8. Replaying a session's records through the deciders yields the same decisions. Each recorded condition says exactly
 * what was seen, so exactly that is folded; a decision from a stale or incomplete state shows itself here.
 */
export function differences(records: readonly Recorded[], replayers: readonly Replayer[]): Violation[] {
  const found: Violation[] = [];
  const stories = storiesOf(records);
  for (const record of records) {
    const { condition } = record;
    const replayer = condition && replayers.find((each) => each.decided(record));
    if (!condition || !replayer) continue;
    const story = stories.get(sessionOf(record)) ?? [];
    const past = story.filter((each) => each.position <= condition.after && matches(condition.filter, subject(each)));
    const named = replayer.redecide(record, past);
    if (named.some((draft) => draft !== undefined && isSame(draft, record))) continue;
    const instead = named.find((draft) => draft !== undefined);
    found.push({
      promise: 8,
      position: record.position,
      sentence: `${record.source_agent} decided ${record.type}; replayed it decides ${instead ? `${instead.type}${instead.type === record.type ? ' with another content' : ''}` : 'nothing'}.`,
    });
  }
  return found;
}

const sessionOf = (record: Recorded): string => `${record.tenant}.${record.correlation_id}`;

const subject = ({ target_agent, tenant, correlation_id, task_id, source_agent }: Recorded): string =>
  ['log', target_agent, tenant, correlation_id, task_id, source_agent].join('.');

function storiesOf(records: readonly Recorded[]): ReadonlyMap<string, readonly Recorded[]> {
  const stories = new Map<string, Recorded[]>();
  for (const record of records) {
    const story = stories.get(sessionOf(record));
    if (story) story.push(record);
    else stories.set(sessionOf(record), [record]);
  }
  return stories;
}

/** Whether sealing the draft would have given this record. What the draft leaves open is the seal's business. */
const isSame = (draft: Draft, record: Recorded): boolean =>
  draft.type === record.type &&
  draft.target === record.target_agent &&
  (draft.task === undefined || draft.task === record.task_id) &&
  (draft.ttlSeconds === undefined || draft.ttlSeconds === record.ttl_seconds) &&
  // By way of JSON, as on the wire: there a field that is undefined is no field.
  JSON.stringify(canonical(JSON.parse(JSON.stringify(draft.payload)))) === JSON.stringify(canonical(record.payload));
