import type { Decider } from '@voorman/decider';
import { type Draft, JOURNAL, type Recorded } from '@voorman/envelope';

/** What gateways took of the newest window. Boundary: the task of the tool in the gateway's own session. */
export interface Reservations {
  readonly window: number;
  readonly calls: number;
  /** Id of the record that the last reservation was made for. */
  readonly by: string;
}

export interface RateCommand {
  readonly type: 'reserve';
  readonly tool: string;
  /** Number of the window since 1970, each as long as the limit says. */
  readonly window: number;
  /** Calls that all gateways together may make in one window. */
  readonly limit: number;
  readonly wanted: number;
  /** Id of the record that wants it: reserved once, although the decider is asked until it has nothing more to say. */
  readonly by: string;
}

/** Shares a tool's rate limit out to gateways, a few calls at a time: all that they take in a window is the limit. */
export const reservations: Decider<Reservations, RateCommand, Draft, Recorded> = {
  initial: { window: -1, calls: 0, by: '' },

  decide({ tool, window, limit, wanted, by }, state) {
    // A gateway whose clock is behind waits until its own clock says so too.
    if (window < state.window || (window === state.window && by === state.by)) return undefined;
    const left = window === state.window ? limit - state.calls : limit;
    if (left <= 0) return undefined;
    return { type: 'rate-reserved', target: JOURNAL, payload: { tool, window, calls: Math.min(wanted, left) } };
  },

  evolve(state, record) {
    if (record.type !== 'rate-reserved') return state;
    const { payload, causation_id: by = '' } = record as Recorded<'rate-reserved'>;
    const { window, calls } = payload;
    return { window, calls: window === state.window ? state.calls + calls : calls, by };
  },
};

/** How many calls a gateway takes at once: a tenth of the limit, so that what it does not use is little. */
export const leaseOf = (limit: number): number => Math.max(1, Math.ceil(limit / 10));
