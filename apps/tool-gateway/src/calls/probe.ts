import { createHash } from 'node:crypto';
import { type Fault, idempotencyKey, type JsonObject } from '@voorman/envelope';
import { render, TemplateError } from '@voorman/workflow';
import { type Calls, callOf, isBegunFor, type Request, type StartedCall } from '../domain/call-state.js';
import type { GatewayPorts } from '../ports.js';
import type { Authority } from './authority.js';
import { begun, type Courses } from './course.js';
import type { Ledger } from './ledger.js';
import { type Understanding, understood, type Wish } from './wish.js';

/**
 * Waits before each time of asking: a service may know of a call only a moment after the connection to it was lost, and
 * may have to come back first. Milliseconds.
 */
const PAUSES_MS = [500, 2_000, 8_000];

/** One time of asking: a call of its own, within its own budget and with the attempts of its own manifest. */
interface Round {
  readonly request: Request;
  readonly pauseMs: number;
  readonly isLast: boolean;
}

/** What came of a round. `isRefused`: it was not let ask, and asking again would change nothing. */
interface Asked {
  readonly state: Calls;
  readonly isRefused: boolean;
}

/**
 * Settles doubts by asking the service, where a tool's manifest names a tool that can. Asking is calling a tool: policy
 * says yes, the budget is reserved and the start recorded before it, the end after it, all as the bot's whose doubt it is.
 */
export class Probes {
  constructor(
    private readonly ports: GatewayPorts,
    private readonly ledger: Ledger,
    private readonly authority: Authority,
    private readonly courses: Courses,
  ) {}

  /**
   * Does nothing where the wish's call is not in doubt, or nothing can be asked; a person settles it then. Goes on where a
   * gateway died that was asking.
   * @param now the session's calls as they were a moment ago.
   * @throws what the log throws, and {CallUnsettledError} where another gateway is asking at this moment.
   */
  async settle(wish: Wish, now: Calls, signal: AbortSignal): Promise<void> {
    const { probe } = wish.tool.manifest;
    if (probe === undefined) return;
    let state = now;
    for (const round of roundsOf(wish, probe.tool)) {
      if (await this.#isConcluded(wish, state)) return;
      if (!isToBeAsked(wish, round, state, signal)) continue;
      await this.ports.wait(round.pauseMs, signal);
      const asked = await this.#ask(wish, probe, round, signal);
      if (asked.isRefused) return;
      state = asked.state;
    }
    await this.#isConcluded(wish, state);
  }

  /** Whether the doubt is settled now by what a probe was told. */
  async #isConcluded({ record, request }: Wish, state: Calls): Promise<boolean> {
    const call = callOf(state, request);
    if (call?.status !== 'in-doubt' || call.found === undefined) return false;
    await this.ledger.decide(record, () => ({ type: 'conclude', request }));
    return true;
  }

  async #ask(wish: Wish, probe: Probe, { request, isLast }: Round, signal: AbortSignal): Promise<Asked> {
    const asking = await this.#understood(wish, probe, request);
    if ('fault' in asking) return this.#refuse(wish, request, asking.fault);
    const opened = await this.authority.decide({
      wish: asking,
      concerns: (call) => call === undefined,
      command: (opening) => ({ ...opening, type: 'start', request, isPatient: !isLast }),
    });
    const left = opened.appended.length === 0 ? startedIn(opened.state, asking) : undefined;
    const { appended, state } = left === undefined ? opened : await this.courses.repeat(asking, left.attempt, true);
    const first = begun(asking, appended, left?.beganAtMs);
    if (first === undefined) return { state, isRefused: appended.some(({ type }) => type === 'tool-refused') };
    return { state: await this.courses.run(first, signal), isRefused: false };
  }

  /** A manifest that cannot be asked about its own calls is for the operator to mend; the record says why nobody asked. */
  async #refuse({ record, session, tool }: Wish, request: Request, fault: Fault): Promise<Asked> {
    const { name } = tool.manifest;
    this.ports.report(name, new Error(`A call of ${name} in doubt cannot be probed: ${fault.message}`));
    const { refusals } = session.terms.budget;
    const limit = refusals === undefined ? {} : { maxRefusals: refusals };
    const { state } = await this.ledger.decide(record, () => ({ type: 'refuse', request, fault, ...limit }));
    return { state, isRefused: true };
  }

  /** What to ask, in the words of the manifest and the words of the call. */
  async #understood(wish: Wish, probe: Probe, request: Request): Promise<Understanding> {
    const { record, session } = wish;
    const { bot, callId } = wish.request;
    const key = idempotencyKey({ tenant: record.tenant, session: record.correlation_id, bot, callId });
    let filled: JsonObject;
    try {
      filled = render(probe.arguments, { call: { key, arguments: wish.arguments } }) as JsonObject;
    } catch (fault) {
      if (fault instanceof TemplateError) return { fault: unspeakable(wish, fault) };
      throw fault;
    }
    return understood({ record, origin: 'probe', request, arguments: filled, session }, probe.tool, this.ports);
  }
}

type Probe = NonNullable<Wish['tool']['manifest']['probe']>;

const roundsOf = ({ request: { bot, callId } }: Wish, tool: string): readonly Round[] =>
  PAUSES_MS.map((pauseMs, round) => ({
    request: { callId: probeId(callId, round), tool, bot, probes: callId },
    pauseMs,
    isLast: round === PAUSES_MS.length - 1,
  }));

/** The same for every gateway, so that two of them ask once. No bot's call is taken for it, whatever id that bears. */
const probeId = (callId: string, round: number): string =>
  `probe-${createHash('sha256')
    .update(JSON.stringify(['voorman probe 1', callId, round]))
    .digest('hex')
    .slice(0, 32)}`;

/** A new round is for a doubt in a session that goes on; one that a dead gateway left is brought to its end in any case. */
function isToBeAsked(wish: Wish, { request }: Round, state: Calls, signal: AbortSignal): boolean {
  const probe = callOf(state, request);
  if (probe !== undefined) return startedIn(state, { ...wish, request }) !== undefined;
  if (state.closed || signal.aborted) return false;
  const call = callOf(state, wish.request);
  // What stood in for the tool is another service's affair: this one would truthfully say that nothing happened.
  return call?.status === 'in-doubt' && call.ran === wish.tool.manifest.name && isBegunFor(call, wish.record);
}

/** The probe, where it was started for this very wish. */
function startedIn(state: Calls, { request, record }: Pick<Wish, 'request' | 'record'>): StartedCall | undefined {
  const call = callOf(state, request);
  return call?.status === 'started' && isBegunFor(call, record) ? call : undefined;
}

const unspeakable = ({ tool }: Wish, { message }: TemplateError): Fault => ({
  code: 'probe/no-value',
  message: `The probe of ${tool.manifest.name} cannot be asked: ${message}`,
  next: 'Mend probe.arguments in the tool’s manifest.',
});
