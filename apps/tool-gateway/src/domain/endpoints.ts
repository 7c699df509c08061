import type { Decider } from '@voorman/decider';
import { type Draft, JOURNAL, type Recorded } from '@voorman/envelope';

/** What the log says about one endpoint. Boundary: the task of the endpoint in the gateway's own session. */
export type Endpoint = {
  readonly by: string;
} /** Calls go out. `failures` in a row, the first of them at `sinceMs`. `by`: id of the attempt that changed it last. */ & (
  | { readonly status: 'closed'; readonly failures: number; readonly sinceMs: number }
  /** Nothing is sent. From `until` on one call may try: a trial whose gateway died lets the next one in likewise. */
  | { readonly status: 'open' | 'trial'; readonly failures: number; readonly until: Moment }
);

/** ISO 8601 in UTC with milliseconds, as records spell it: of two, the later one is the greater text. */
export type Moment = string;

/** When a tool's manifest wants an endpoint cut off. */
export interface BreakerRules {
  readonly failures: number;
  readonly within_seconds: number;
}

interface About {
  readonly endpoint: string;
  readonly tool: string;
  /** Id of the attempt's started record: it counts once, although the decider is asked until it has nothing more to say. */
  readonly by: string;
}

export type EndpointCommand = About &
  (
    | {
        readonly type: 'fail';
        readonly rules: BreakerRules;
        readonly code: string;
        readonly wasTrial: boolean;
        /** Milliseconds since 1970. */
        readonly atMs: number;
        /** When one call may try again, if this failure cuts the endpoint off. */
        readonly until: Moment;
      }
    | { readonly type: 'succeed' }
    /** @property until when the trial counts as lost. */
    | { readonly type: 'try'; readonly at: Moment; readonly until: Moment }
  );

export const endpoint: Decider<Endpoint, EndpointCommand, Draft, Recorded> = {
  initial: { status: 'closed', failures: 0, sinceMs: 0, by: '' },

  decide(command, state) {
    const about = { endpoint: command.endpoint, tool: command.tool };
    switch (command.type) {
      case 'try':
        return state.status !== 'closed' && command.at >= state.until
          ? changed({ ...about, state: 'trial', failures: state.failures, until: command.until })
          : undefined;
      case 'succeed':
        // What ends well although it began before the endpoint was cut off proves nothing about now.
        return state.failures > 0 && state.status !== 'open'
          ? changed({ ...about, state: 'closed', failures: 0 })
          : undefined;
      case 'fail': {
        const { rules, code, atMs, until } = command;
        // Calls that were under way when it was cut off do not cut it off for longer.
        if (state.by === command.by && !command.wasTrial) return undefined;
        if (state.status !== 'closed') {
          return state.status === 'trial' && command.wasTrial
            ? changed({ ...about, state: 'open', failures: state.failures + 1, code, until })
            : undefined;
        }
        const isInARow = atMs < state.sinceMs + rules.within_seconds * 1_000;
        const failures = isInARow ? state.failures + 1 : 1;
        return failures >= rules.failures
          ? changed({ ...about, state: 'open', failures, code, until })
          : changed({ ...about, state: 'failed', failures, code });
      }
    }
  },

  evolve(state, record) {
    if (record.type !== 'endpoint-changed') return state;
    const { payload, recordedAtMs, causation_id: by = '' } = record as Recorded<'endpoint-changed'>;
    const { failures } = payload;
    switch (payload.state) {
      case 'failed': {
        const isFirst = failures === 1 || state.status !== 'closed';
        return { status: 'closed', failures, sinceMs: isFirst ? recordedAtMs : state.sinceMs, by };
      }
      case 'open':
      case 'trial':
        return { status: payload.state, failures, until: payload.until ?? '', by };
      case 'closed':
        return { status: 'closed', failures: 0, sinceMs: 0, by };
    }
  },
};

type Change = Extract<Draft, { type: 'endpoint-changed' }>['payload'];

const changed = (payload: Change): Draft => ({ type: 'endpoint-changed', target: JOURNAL, payload });
