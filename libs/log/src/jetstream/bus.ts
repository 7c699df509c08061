import { setTimeout as pause } from 'node:timers/promises';
import { type Msg, type MsgHdrs, type NatsConnection, nuid, PermissionViolationError } from '@nats-io/nats-core';
import { LogForbiddenError, LogUnavailableError } from '../errors.js';
import { headerBlock, statusIn } from './header.js';
import { answerIn, NoAnswerError, type Question } from './question.js';
import type { LogReport } from './report.js';

/** What a bus needs to know beside its connection. */
export interface BusOptions {
  /** What every endpoint of the JetStream API begins with, as in `$JS.API`. */
  readonly apiPrefix: string;
  /** Under what this user hears its answers. */
  readonly inboxPrefix: string;
  /** How long an unknown outcome is looked into before the caller hears of it. Milliseconds. */
  readonly patienceMs: number;
  readonly report: LogReport;
}

interface Waiting {
  readonly subject: string;
  readonly untilMs: number;
  /** Takes one answer; true when it was the last. */
  readonly take: (answer: Msg) => boolean;
  readonly fail: (fault: Error) => void;
}

/**
 * The connection as everything here uses it: questions with one or many answers over one permanent inbox, so that a read
 * costs no subscription, and whoever waits is woken at once when the connection breaks or the server refuses a subject.
 */
export class Bus {
  readonly #inbox: string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #refused = new Set<string>();
  readonly #onReconnect = new Set<() => void>();
  #awaitingConnection: (() => void)[] = [];
  #connected = true;
  #deaf: LogForbiddenError | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #next = 0;

  constructor(
    readonly connection: NatsConnection,
    readonly options: BusOptions,
  ) {
    this.#inbox = `${options.inboxPrefix}.${nuid.next()}.`;
    // A callback that throws makes the connection deaf for ever, so this one only looks up and hands over.
    connection.subscribe(`${this.#inbox}*`, { callback: (fault, answer) => this.#answered(fault, answer) });
    void this.#watch();
  }

  /** Whether the connection stands. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Whether what is published now can get out. */
  get canPublish(): boolean {
    return this.#connected && !this.connection.isClosed() && !this.connection.isDraining();
  }

  /** Subjects that the server refused to this user: a wrong configuration, never a passing fault. */
  get refusals(): readonly string[] {
    return [...this.#refused];
  }

  /** The subject of an endpoint of the JetStream API. */
  api(endpoint: string): string {
    return `${this.options.apiPrefix}.${endpoint}`;
  }

  /** Calls back after every reconnect. Returns how to stop. */
  onReconnect(callback: () => void): () => void {
    this.#onReconnect.add(callback);
    return () => this.#onReconnect.delete(callback);
  }

  /** Resolves once connected. What is published while disconnected would be thrown away. @throws {NoAnswerError} */
  async ready(untilMs: number): Promise<void> {
    while (!this.#connected) {
      if (this.connection.isClosed()) throw new NoAnswerError('the connection is closed');
      const leftMs = untilMs - Date.now();
      if (leftMs <= 0) throw new NoAnswerError('the connection is down');
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#awaitingConnection.push(resolve);
        timer = setTimeout(resolve, leftMs);
      });
      clearTimeout(timer);
    }
  }

  /** Publishes without waiting for an answer: the middle parts of a batch. */
  publish(subject: string, data: Uint8Array, headers?: MsgHdrs): void {
    this.connection.publish(subject, data, headers === undefined ? {} : { headers });
  }

  /** @throws {NoAnswerError} @throws {LogForbiddenError} */
  async ask(question: Question): Promise<Msg> {
    let only: Msg | undefined;
    await this.askMany(question, (answer) => {
      only = answer;
      return true;
    });
    return only as Msg;
  }

  /**
   * The JSON of one answer of the JetStream API.
   * @throws {NoAnswerError} @throws {LogForbiddenError} @throws {ApiError} any other refusal.
   */
  async askApi<T>(question: Question): Promise<T> {
    return answerIn<T>(await this.ask(question));
  }

  /** Hands every answer to `take` until that returns true. @throws {NoAnswerError} @throws {LogForbiddenError} */
  askMany(question: Question, take: (answer: Msg) => boolean): Promise<void> {
    const { subject, data = '', headers, timeoutMs = 2_000 } = question;
    if (this.#deaf) return Promise.reject(this.#deaf);
    const token = (this.#next++).toString(36);
    return new Promise((resolve, reject) => {
      this.#waiting.set(token, {
        subject,
        untilMs: Date.now() + timeoutMs,
        take: (answer) => {
          if (!take(answer)) return false;
          resolve();
          return true;
        },
        fail: reject,
      });
      this.#sweep ??= setTimeout(() => this.#expire(), 100);
      try {
        const reply = this.#inbox + token;
        this.connection.publish(subject, data, headers === undefined ? { reply } : { reply, headers });
      } catch (fault) {
        this.#waiting.delete(token);
        const ending = this.connection.isClosed() || this.connection.isDraining();
        reject(ending ? new NoAnswerError('the connection is closed', { cause: fault }) : fault);
      }
    });
  }

  /**
   * Repeats what has no answer until it has one. `attempt` must be harmless to repeat.
   * @throws {LogUnavailableError} when there was none for `patienceMs`.
   */
  async patiently<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const untilMs = Date.now() + this.options.patienceMs;
    for (let pauseMs = 10; ; pauseMs = Math.min(1_000, pauseMs * 2)) {
      try {
        await this.ready(untilMs);
        return await attempt();
      } catch (fault) {
        if (!(fault instanceof NoAnswerError)) throw fault;
        if (Date.now() + pauseMs >= untilMs || this.connection.isClosed()) {
          throw new LogUnavailableError(`${what}: ${fault.message}`, { cause: fault });
        }
        await pause(pauseMs);
      }
    }
  }

  #answered(fault: Error | null, answer: Msg): void {
    if (fault) return; // a refused inbox: told by the status, which names the subject
    const token = answer.subject.slice(this.#inbox.length);
    const waiting = this.#waiting.get(token);
    if (waiting === undefined) return; // too late: its deadline has passed
    try {
      if (answer.data.length === 0 && statusIn(headerBlock(answer)).code === 503)
        throw new NoAnswerError('nobody answers: no leader');
      if (waiting.take(answer)) this.#waiting.delete(token);
    } catch (thrown) {
      this.#waiting.delete(token);
      waiting.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  #expire(): void {
    this.#sweep = undefined;
    const nowMs = Date.now();
    this.#failWhere(
      ({ untilMs }) => untilMs <= nowMs,
      () => new NoAnswerError('no answer in time'),
    );
    if (this.#waiting.size > 0) this.#sweep = setTimeout(() => this.#expire(), 100);
  }

  #failWhere(chosen: (waiting: Waiting) => boolean, fault: () => Error): void {
    for (const [token, waiting] of this.#waiting) {
      if (!chosen(waiting)) continue;
      this.#waiting.delete(token);
      waiting.fail(fault());
    }
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      switch (status.type) {
        case 'disconnect':
          if (this.#connected) this.options.report({ kind: 'disconnected' });
          this.#connected = false;
          this.#failWhere(
            () => true,
            () => new NoAnswerError('the connection broke'),
          );
          break;
        case 'reconnect':
          this.#connected = true;
          this.options.report({ kind: 'reconnected', url: this.connection.getServer() });
          this.#wake();
          for (const callback of this.#onReconnect) callback();
          break;
        case 'error':
          if (status.error instanceof PermissionViolationError) this.#refuse(status.error);
          break;
      }
    }
    this.#connected = false;
    this.#failWhere(
      () => true,
      () => new NoAnswerError('the connection is closed'),
    );
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#awaitingConnection;
    this.#awaitingConnection = [];
    for (const wake of waiting) wake();
  }

  #refuse(violation: PermissionViolationError): void {
    const { subject } = violation;
    // What is remembered is bounded: a program that goes wrong may try any number of subjects.
    if (this.#refused.size < 100) this.#refused.add(subject);
    this.options.report({ kind: 'refused', subject });
    const refusal = () => new LogForbiddenError(subject, { cause: violation });
    if (subject === `${this.#inbox}*`) this.#deaf = refusal();
    this.#failWhere((waiting) => this.#deaf !== undefined || waiting.subject === subject, refusal);
  }
}
