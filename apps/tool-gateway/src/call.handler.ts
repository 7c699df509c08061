import type { Fault, Recorded } from '@voorman/envelope';
import type { Delivery } from '@voorman/log';
import { type Attempt, Attempts } from './calls/attempt.js';
import { type AuthorisedCommand, Authority } from './calls/authority.js';
import { begun, Courses, requireEnd } from './calls/course.js';
import { EndpointWatch } from './calls/endpoint-watch.js';
import { Ledger } from './calls/ledger.js';
import { Probes } from './calls/probe.js';
import { RateLeases } from './calls/rate-leases.js';
import { Running } from './calls/running.js';
import { Sessions } from './calls/session-terms.js';
import { endOf, faultIn, TaskGrants } from './calls/task-grants.js';
import { awaitedUntilMs, digestOf, type RawWish, understood, type Wish } from './calls/wish.js';
import type { StartCommand } from './domain/call-command.js';
import { type Call, callOf, type DraftedCall, isBegunFor, type StartedCall } from './domain/call-state.js';
import type { GatewayPorts } from './ports.js';

/** How long a call that another replica began is given before it counts as left behind. Milliseconds. */
const ELSEWHERE_MS = 2_000;

/** How long a call that has to wait for others waits before it looks again. Milliseconds; doubled up to the longest. */
const BUSY_MS = 50;
const LONGEST_BUSY_MS = 1_000;

/** Understand, authorise, reserve, execute, check, record: the only way from a bot to the world. */
export class CallHandler {
  readonly #ledger: Ledger;
  readonly #sessions: Sessions;
  readonly #grants: TaskGrants;
  readonly #authority: Authority;
  readonly #courses: Courses;
  readonly #probes: Probes;
  readonly #running: Running;

  constructor(private readonly ports: GatewayPorts) {
    this.#ledger = new Ledger(ports);
    this.#sessions = new Sessions(ports);
    this.#grants = new TaskGrants(ports.log);
    this.#authority = new Authority(ports, this.#ledger);
    const attempts = new Attempts(ports, new EndpointWatch(ports), new RateLeases(ports));
    this.#courses = new Courses(ports, this.#ledger, this.#authority, attempts);
    this.#probes = new Probes(ports, this.#ledger, this.#authority, this.#courses);
    this.#running = new Running(ports, this.#ledger);
  }

  /** Resolves once the call has ended, in whatever way, or waits for a person, and that is recorded. */
  toolRequested(record: Recorded<'tool-requested'>, delivery: Delivery): Promise<void> {
    const { call_id: callId, tool, arguments: args } = record.payload;
    const request = { callId, tool, bot: record.source_agent };
    return this.#running.join(record, async (signal) => {
      const grant = await this.#grants.of(record);
      const session = await this.#sessions.of(record, grant);
      const raw: RawWish = {
        record,
        origin: 'request',
        request,
        arguments: args,
        session,
        endsAtMs: endOf(record, grant),
      };
      const stranger = faultIn(record, grant);
      if (stranger !== undefined) return this.#refuse(raw, stranger);
      const wish = await understood(raw, tool, this.ports);
      if ('fault' in wish) return this.#refuse(raw, wish.fault);
      const first = (await this.#start(wish, signal)) ?? (await this.#takeOver(wish, delivery, signal));
      await this.#carryOn(wish, first, signal);
    });
  }

  /** A person decided on a call that waits, or on something that was prepared. */
  approvalGiven(record: Recorded<'approval-given'>, delivery: Delivery): Promise<void> {
    const { call_id: callId, agent: bot } = record.payload;
    return this.#running.join(record, async (signal) => {
      const call = callOf(await this.#ledger.look(record), { bot, callId });
      // Also one in doubt: whoever asks the service about it has to know what was agreed to.
      const proposal = call?.status === 'started' || call?.status === 'in-doubt' ? call.proposal : call;
      if (proposal === undefined || !('digest' in proposal)) return;
      const args = record.payload.arguments ?? proposal.arguments;
      const request = { callId, tool: proposal.tool, bot };
      const session = await this.#sessions.of(record);
      const raw: RawWish = { record, origin: 'approval', request, arguments: args, session };
      const wish = await understood(raw, proposal.tool, this.ports);
      if ('fault' in wish) return this.#refuse(raw, wish.fault);
      const first = (await this.#approve(wish, record, signal)) ?? (await this.#takeOver(wish, delivery, signal));
      await this.#carryOn(wish, first, signal);
    });
  }

  /** Somebody found out what became of a call in doubt. */
  async settlementRequested(record: Recorded<'settlement-requested'>): Promise<void> {
    const { call_id: callId, agent: bot, happened, because, settled_by: by } = record.payload;
    await this.#ledger.decide(record, (state) => {
      const call = callOf(state, { callId, bot });
      const tool = call?.status === 'in-doubt' ? call.tool : '';
      return { type: 'settle', request: { callId, tool, bot }, happened, because, by };
    });
  }

  /** Nothing of the session starts any more, and what runs in this process is stopped. */
  async sessionCancelled(record: Recorded<'session-cancelled'>): Promise<void> {
    await this.#ledger.decide(record, () => ({ type: 'close', reason: record.payload.reason }));
    this.#running.abort(record);
  }

  /** Of a call that is known already nothing is refused for another request: a refusal would stand for the call itself. */
  async #refuse({ record, origin, request, session }: RawWish, fault: Fault): Promise<void> {
    const { refusals } = session.terms.budget;
    const limit = refusals === undefined ? {} : { maxRefusals: refusals };
    await this.#ledger.decide(record, (state) =>
      origin === 'request' && callOf(state, request) !== undefined
        ? { type: 'hold' }
        : { type: 'refuse', request, fault, ...limit },
    );
  }

  /** Reserves and records the start; `undefined` where nothing starts here. */
  #start(wish: Wish, signal: AbortSignal): Promise<Attempt | undefined> {
    const { request } = wish;
    return this.#patiently(wish, signal, (isPatient) => ({
      wish,
      concerns: (call) => call === undefined,
      command: (opening) => ({ ...opening, type: 'start', request, isPatient, ...wantedIn(wish, opening) }),
    }));
  }

  /** The same, for what a person decided on. */
  #approve(wish: Wish, { payload }: Recorded<'approval-given'>, signal: AbortSignal): Promise<Attempt | undefined> {
    const { digest, approved, because, approved_by: by } = payload;
    const { request } = wish;
    return this.#patiently(wish, signal, (isPatient) => ({
      wish,
      concerns: (call) => isOpenProposal(call, digest),
      command: (opening) => ({ ...opening, type: 'approve', request, digest, approved, because, by, isPatient }),
    }));
  }

  /** Decides again and again while too many calls are under way, until nobody waits for this one any more. */
  async #patiently(
    wish: Wish,
    signal: AbortSignal,
    asked: (isPatient: boolean) => AuthorisedCommand,
  ): Promise<Attempt | undefined> {
    const { record, request } = wish;
    for (let waitMs = BUSY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_BUSY_MS)) {
      const isPatient = this.ports.clock.nowMs() < awaitedUntilMs(wish) && this.#running.mayWait(record);
      const question = asked(isPatient);
      const { appended, state } = await this.#authority.decide(question);
      if (appended.length > 0 || !question.concerns(callOf(state, request))) return begun(wish, appended);
      await this.#running.waiting(record, () => this.ports.wait(waitMs, signal));
    }
  }

  /**
   * A call that was started for this record, but not by us: its gateway may be dead. A record that was delivered before says so; one that
   * was not may come from a server that forgot its deliveries, so whoever holds the call is given a moment first.
   */
  async #takeOver(wish: Wish, delivery: Delivery, signal: AbortSignal): Promise<Attempt | undefined> {
    let found = await this.#find(wish);
    if (found !== undefined && delivery.count === 1) {
      await this.ports.wait(ELSEWHERE_MS, signal);
      found = await this.#find(wish);
    }
    if (found === undefined) return undefined;
    const running = await this.#runningWish(wish, found);
    const attempt = found.status === 'started' ? found.attempt : 0;
    const { appended, state } = await this.#courses.repeat(running, attempt, true);
    const next = begun(running, appended, found.status === 'started' ? found.beganAtMs : undefined);
    if (next === undefined) requireEnd(state, wish);
    return next;
  }

  /**
   * The call as somebody left it, if it was begun for this very record and has not ended. Where it was begun for another
   * one, that comes again until the call has ended, and this one has nothing to wait for: the bot is told once.
   */
  async #find({ record, request, origin }: Wish): Promise<Left | undefined> {
    const call = callOf(await this.#ledger.look(record), request);
    if (call?.status !== 'started' && call?.status !== 'drafted') return undefined;
    const isLeft = call.status === 'started' ? call.origin === origin : !call.isTold && origin === 'request';
    return isLeft && isBegunFor(call, record) ? call : undefined;
  }

  /** The wish for the tool that really runs, which may be a fallback. */
  async #runningWish(wish: Wish, found: Left): Promise<Wish> {
    if (found.status === 'drafted' || found.tool === wish.tool.manifest.name) return wish;
    const { tool: _asked, meaning: _its, ...raw } = wish;
    const running = await understood(raw, found.tool, this.ports);
    return 'fault' in running ? wish : running;
  }

  /** To the end; and beyond it, where that is a doubt which the service itself can settle. */
  async #carryOn(wish: Wish, first: Attempt | undefined, signal: AbortSignal): Promise<void> {
    const state = first === undefined ? undefined : await this.#courses.run(first, signal);
    if (wish.tool.manifest.probe === undefined) return;
    await this.#probes.settle(wish, state ?? (await this.#ledger.look(wish.record)), signal);
  }
}

/** A call as a gateway that died may leave it: under way, or prepared without a word to its bot. */
type Left = StartedCall | DraftedCall;

/** Whether a person's word on this digest still decides something. */
const isOpenProposal = (call: Call | undefined, digest: string): boolean =>
  (call?.status === 'waiting' || (call?.status === 'drafted' && call.isTold)) && call.digest === digest;

/** What a person would agree to, where policy wants one to. */
function wantedIn(
  { tool, arguments: args }: Wish,
  { duties }: Pick<StartCommand, 'duties'>,
): Pick<StartCommand, 'wanted'> {
  if ('unmet' in duties || duties.approval === undefined) return {};
  return { wanted: { arguments: args, digest: digestOf(tool.manifest.name, args) } };
}
