import type { Brain } from '@voorman/agent';
import type { Condition, Log } from '@voorman/log';
import type { PolicyEngine } from '@voorman/policy';
import type { ToolManifest } from '@voorman/registry';
import { law } from './law.js';
import type { Surroundings } from './process.js';
import type { PromiseNumber } from './promises.js';
import type { Random } from './random.js';

/** One thing that is broken on purpose, to show that the simulation notices. */
export interface Sabotage {
  /** The promise that it must be seen to break. */
  readonly breaks: PromiseNumber;
  readonly surroundings?: (surroundings: Surroundings) => Surroundings;
  readonly policy?: PolicyEngine;
  readonly tool?: (manifest: ToolManifest) => ToolManifest;
  readonly brain?: (brain: Brain, random: Random) => Brain;
}

const withLog = (surroundings: Surroundings, change: (log: Log) => Partial<Log>): Surroundings => {
  const { log } = surroundings;
  const changed: Log = {
    isReplicated: log.isReplicated,
    append: (record, condition) => log.append(record, condition),
    read: (boundary, after, limit) => log.read(boundary, after, limit),
    last: (boundary) => log.last(boundary),
    follow: (handler, options) => log.follow(handler, options),
    ...change(log),
  };
  return { ...surroundings, log: changed };
};

/** By name, as `--break` takes them. */
export const SABOTAGES: { readonly [name: string]: Sabotage } = {
  'acknowledge-first': {
    breaks: 1,
    surroundings: (surroundings) =>
      withLog(surroundings, (log) => ({
        follow: (handler, options) =>
          log.follow((record, delivery) => {
            // What goes wrong from here on is lost: that is the sabotage.
            handler(record, delivery).catch(() => undefined);
            return Promise.resolve();
          }, options),
      })),
  },
  'repeat-once-only-calls': {
    breaks: 2,
    tool: (manifest) => ({ ...manifest, effect: 'repeatable', retry: { ...manifest.retry, max_attempts: 3 } }),
  },
  'fail-open': {
    breaks: 3,
    policy: { revision: law.revision, decide: (question) => ({ ...law.decide(question), allow: true }) },
  },
  'ignore-conditions': {
    breaks: 4,
    surroundings: (surroundings) =>
      withLog(surroundings, (log) => ({
        append: async (record, condition) => log.append(record, await atTheEnd(log, condition)),
      })),
  },
  // What the design first did: nobody reads what slipped in before one's own record.
  'trust-a-cluster': {
    breaks: 1,
    surroundings: (surroundings) => withLog(surroundings, () => ({ isReplicated: false })),
  },
  // A replica that takes itself for the only one misses what the others did between its own record and its wake-up.
  'feel-alone': {
    breaks: 1,
    surroundings: (surroundings) =>
      withLog(surroundings, (log) => ({
        follow: (handler, options) =>
          log.follow((record, { count }) => handler(record, { count, aloneSince: 0 }), options),
      })),
  },
  'think-at-random': {
    breaks: 8,
    brain: (brain, random) => ({
      think: (task, taskKey) => {
        const thought = brain.think(task, taskKey);
        if (thought.kind !== 'call') return thought;
        return { ...thought, arguments: { ...thought.arguments, text: `${random.word()}` } };
      },
    }),
  },
};

/** A condition that always holds: what a decision was based on no longer matters. */
const atTheEnd = async (log: Log, condition: Condition | undefined): Promise<Condition | undefined> =>
  condition && { ...condition, after: await log.last(condition.boundary) };
