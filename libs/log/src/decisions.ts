import { type Answer, type BoundaryLog, type Decider, decideUntilQuiet, fold, type Snapshot } from '@voorman/decider';
import { type Boundary, type Draft, hasCode, type Recorded, type Seal, sealDraft } from '@voorman/envelope';
import { LRUCache } from 'lru-cache';
import type { ConditionFailedError } from './errors.js';
import type { Delivery, Log } from './log.js';
import type { Clock, Ids } from './surroundings.js';

/** Who decides, about what, woken by what. */
export interface DecisionRequest<State, Command> {
  readonly boundary: Boundary;
  readonly command: (state: State) => Command;
  /** Everything of the envelope that the decider does not say. */
  readonly seal: Omit<Seal, 'id' | 'atMs'>;
  /** Position of the waking record, where it lies in the boundary itself. */
  readonly wokenAt?: number;
  /**
   * The same with the record and its delivery, from whoever gives heed only to what it wrote itself and to what is
   * addressed to it, and brings all of that here. Where nobody else was woken in the boundary, nothing is read.
   * `opens`: nothing of that lies before this record, which is written once.
   */
  readonly woken?: { readonly record: Recorded; readonly delivery: Delivery; readonly opens?: boolean };
  /** Whether a boundary that is not remembered is rather new than forgotten: then nothing is read before the append. */
  readonly expectsEmpty?: boolean;
}

/** What is remembered of a boundary, and where its first record lies (0: it has none). */
interface Remembered<State> extends Snapshot<State> {
  readonly first: number;
}

/**
 * Puts commands to one decider, one at a time per boundary, and remembers each boundary's state with its position. What
 * is remembered is a guess until an append's condition or the leader proves it; losing it costs a read, nothing else.
 */
export class Decisions<State extends object, Command> {
  readonly #remembered: LRUCache<Boundary, Remembered<State>>;
  /** Where a boundary's first record may lie, of which nothing else is known. */
  readonly #begun: LRUCache<Boundary, number>;
  readonly #tails = new Map<Boundary, Promise<unknown>>();

  constructor(
    private readonly log: Log,
    private readonly decider: Decider<State, Command, Draft, Recorded>,
    private readonly clock: Clock,
    private readonly ids: Ids,
    /** Boundaries remembered at once. */
    remembered = 10_000,
  ) {
    this.#remembered = new LRUCache({ max: remembered });
    this.#begun = new LRUCache({ max: remembered });
  }

  /**
   * Decides until quiet.
   * @throws what `Log.append` and `Log.read` throw, except a failed condition, which is caught up with.
   */
  decide(request: DecisionRequest<State, Command>): Promise<Answer<State, Recorded>> {
    return this.#inTurn(request.boundary, () => this.#decide(request));
  }

  /**
   * The boundary's state up to its last record as the leader knows it. Decides nothing: by the time the caller looks at
   * it, it may be old, so what depends on it must be decided again under a condition.
   * @throws what `Log.read` and `Log.last` throw.
   */
  look(boundary: Boundary): Promise<State> {
    return this.#inTurn(boundary, async () => {
      let current = this.#remembered.get(boundary) ?? { state: this.decider.initial, position: 0, first: 0 };
      const last = await this.log.last(boundary);
      while (current.position < last) {
        // A replica may answer before it has them all.
        const records = await readAll(this.log, boundary, current.position);
        current = {
          state: fold(this.decider, records, current.state),
          position: records.at(-1)?.position ?? current.position,
          first: current.first || (records[0]?.position ?? 0),
        };
      }
      this.#remembered.set(boundary, current);
      return current.state;
    });
  }

  /**
   * Takes note of where a boundary's first record may lie, which was appended here by another way. Whoever decides next
   * reads that one record, and searches for no others if it was recorded under the condition that it is the first. (An
   * append that succeeds proves less: it may be the repetition of one that was made under another condition.) A replicated
   * log may have let others slip in before it, so there it means nothing.
   */
  begun(boundary: Boundary, position: number): void {
    if (!this.log.isReplicated) this.#begun.set(boundary, position);
  }

  /** Forgets a boundary, for instance when its story has ended. */
  forget(boundary: Boundary): void {
    this.#remembered.delete(boundary);
    this.#begun.delete(boundary);
  }

  /** One after another per boundary, so that what is remembered never goes back. */
  async #inTurn<Result>(boundary: Boundary, act: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(boundary) ?? Promise.resolve();
    const mine = before.then(act);
    // The next in line waits for this one to end, however it ends; its own caller hears of a failure.
    const tail = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(boundary, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(boundary) === tail) this.#tails.delete(boundary);
    }
  }

  async #decide(request: DecisionRequest<State, Command>): Promise<Answer<State, Recorded>> {
    const { woken } = request;
    const cached =
      this.#remembered.get(request.boundary) ?? this.#opened(woken) ?? (await this.#beginning(request.boundary));
    const wokenAt = woken?.record.position ?? request.wokenAt;
    const log = this.#boundaryLog(request, cached?.first ?? 0);
    try {
      const answer = await decideUntilQuiet<State, Command, Draft, Recorded>({
        decider: this.decider,
        command: request.command,
        log,
        ...(cached === undefined ? {} : { cached }),
        ...(wokenAt === undefined ? {} : { wokenAt }),
        ...(woken !== undefined && cached !== undefined && isAlone(cached, woken.delivery)
          ? { news: woken.record }
          : {}),
        ...(request.expectsEmpty === undefined ? {} : { expectsEmpty: request.expectsEmpty }),
      });
      this.#remembered.set(request.boundary, { state: answer.state, position: answer.position, first: log.first });
      return answer;
    } catch (fault) {
      this.#remembered.delete(request.boundary);
      throw fault;
    }
  }

  /** What is known of a boundary that was never seen, where the record that opens it says it all. */
  #opened(woken: DecisionRequest<State, Command>['woken']): Remembered<State> | undefined {
    if (woken?.opens !== true) return undefined;
    const nothing = { state: this.decider.initial, position: 0, first: woken.record.position };
    return woken.delivery.count === 1 && isAlone(nothing, woken.delivery) ? nothing : undefined;
  }

  async #beginning(boundary: Boundary): Promise<Remembered<State> | undefined> {
    const position = this.#begun.get(boundary);
    if (position === undefined) return undefined;
    this.#begun.delete(boundary);
    const [first] = (await this.log.read(boundary, position - 1, 1)).records;
    if (first?.position !== position || first.condition?.filter !== boundary || first.condition.after !== 0)
      return undefined;
    return { state: fold(this.decider, [first], this.decider.initial), position, first: position };
  }

  /** The boundary as the decision sees it; `first` is where its first record lies, as far as it was seen. */
  #boundaryLog(
    request: DecisionRequest<State, Command>,
    first: number,
  ): BoundaryLog<Draft, Recorded> & { readonly first: number } {
    const { boundary, seal } = request;
    const boundaryLog = {
      first,
      readAfter: async (position: number) => {
        const records = await readAll(this.log, boundary, position);
        boundaryLog.first ||= records[0]?.position ?? 0;
        return records;
      },
      lastPosition: () => this.log.last(boundary),
      append: async (draft: Draft, after: number) => {
        const atMs = this.clock.nowMs();
        const sealed = sealDraft(draft, { ...seal, id: this.ids.next(), atMs });
        const envelope = this.log.taken?.(sealed) ?? sealed;
        try {
          const position = await this.log.append(envelope, { boundary, after });
          boundaryLog.first ||= position;
          const recorded = { position, recordedAtMs: atMs, condition: { filter: boundary, after } };
          // A replicated log may have let a fact slip in between; only a neighbouring position rules that out.
          const gap = this.log.isReplicated && position > after + 1;
          return { kind: 'appended' as const, record: { ...envelope, ...recorded } as Recorded, gap };
        } catch (fault) {
          if (!hasCode(fault, 'log/condition-failed')) throw fault;
          return { kind: 'conflict' as const, last: (fault as ConditionFailedError).position };
        }
      },
    };
    return boundaryLog;
  }
}

/**
 * Whether nobody but this process was ever woken in a remembered boundary: all that was addressed to us in it came here,
 * one after the other, so between what is remembered and the waking record lies nothing that we would have to know.
 */
const isAlone = ({ first }: Remembered<unknown>, { aloneSince }: Delivery): boolean =>
  first > 0 && aloneSince !== undefined && aloneSince <= first;

/**
 * Every record of a boundary after a position, page by page.
 * @param until a position known to be recorded in the boundary: a replica that is behind is asked again until it has it.
 */
export async function readAll(log: Log, boundary: Boundary, after = 0, until = 0): Promise<Recorded[]> {
  const records: Recorded[] = [];
  for (;;) {
    const page = await log.read(boundary, records.at(-1)?.position ?? after);
    records.push(...page.records);
    const isBehind = (records.at(-1)?.position ?? after) < until;
    if (!isBehind && (!page.more || page.records.length === 0)) return records;
  }
}
