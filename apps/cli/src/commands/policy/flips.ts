import type { Decision } from '@voorman/envelope';
import type { PolicyInput } from '@voorman/policy';
import type { FoundDecision } from '../../client/decisions.js';

/** A recorded decision that would be another one. The names are promised. */
export interface Flip {
  readonly position: number;
  readonly recorded_at: string;
  readonly session: string;
  readonly action: string;
  readonly agent: string;
  readonly tool: string | null;
  readonly was: boolean;
  readonly now: boolean;
  readonly reasons: readonly string[];
}

interface Tally {
  decisions: number;
  to_allow: number;
  to_deny: number;
}

/** What came of replaying decisions. The names are promised. */
export interface WhatIfCounts {
  readonly decisions: number;
  readonly flipped: number;
  /** Still allowed, but with other obligations. */
  readonly obliged_otherwise: number;
  /** Recorded without their question, or with one that cannot be asked any more: in no other count. */
  readonly unknown: number;
  readonly by_tool: Readonly<Record<string, Readonly<Tally>>>;
  readonly by_agent: Readonly<Record<string, Readonly<Tally>>>;
}

/** Asks another policy what was asked before, and counts where it answers otherwise. */
export class WhatIf {
  readonly flips: Flip[] = [];
  readonly #byTool = new Map<string, Tally>();
  readonly #byAgent = new Map<string, Tally>();
  #decisions = 0;
  #flipped = 0;
  #obligedOtherwise = 0;
  #unknown = 0;

  constructor(
    private readonly decide: (input: PolicyInput) => Decision,
    /** How many flips are kept; all are counted. */
    private readonly limit: number,
  ) {}

  take(recorded: FoundDecision, input: PolicyInput | undefined): void {
    if (input === undefined) {
      this.#unknown += 1;
      return;
    }
    const now = this.decide(input);
    this.#decisions += 1;
    const tallies = [tallyOf(this.#byAgent, recorded.agent)];
    if (recorded.tool !== null) tallies.push(tallyOf(this.#byTool, recorded.tool));
    for (const tally of tallies) tally.decisions += 1;
    if (now.allow === recorded.allow) {
      const [before, after] = [recorded.obligations, now.obligations ?? []].map((list) => JSON.stringify(list));
      if (now.allow && before !== after) this.#obligedOtherwise += 1;
      return;
    }
    this.#flipped += 1;
    for (const tally of tallies) tally[now.allow ? 'to_allow' : 'to_deny'] += 1;
    if (this.flips.length >= this.limit) return;
    const { position, recorded_at, session, action, agent, tool, allow } = recorded;
    const { reasons } = now;
    this.flips.push({ position, recorded_at, session, action, agent, tool, was: allow, now: now.allow, reasons });
  }

  counts(): WhatIfCounts {
    return {
      decisions: this.#decisions,
      flipped: this.#flipped,
      obliged_otherwise: this.#obligedOtherwise,
      unknown: this.#unknown,
      by_tool: Object.fromEntries(this.#byTool),
      by_agent: Object.fromEntries(this.#byAgent),
    };
  }
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name) ?? { decisions: 0, to_allow: 0, to_deny: 0 };
  tallies.set(name, known);
  return known;
}
