import type { Decision } from '@voorman/envelope';
import { type Answer, answerOf } from '../answer.js';
import { type Bundle, decodeBundle } from '../bundle.js';
import { type BundleSources, GATE_FILE, GATE_PACKAGE, sourcesOf } from '../bundle-sources.js';
import { BundleRejectedError, PolicyFaultError } from '../errors.js';
import { type BundleEngine, type EngineOptions, monotonicUs, toDecision, UNDECIDED } from '../policy-engine.js';
import { type PolicyInput, PROBE } from '../policy-input.js';
import { questionText } from '../question-text.js';
import { OpaSocket } from './opa-socket.js';

/** Which OPA is asked, and how patiently. */
export interface SidecarOptions extends EngineOptions {
  /** Path of the unix domain socket that OPA listens on. */
  readonly socket: string;
  /** After this a decision is a refusal. Milliseconds; default 250. */
  readonly timeoutMs?: number;
  /** How long the rules of a bundle that is no longer in force stay in OPA, for others that still ask it. Default 60,000. */
  readonly lingerMs?: number;
}

/** Compiling a large policy takes longer than asking it. */
const LOAD_TIMEOUT_MS = 30_000;

type Sidecar = NonNullable<BundleSources['sidecar']>;

/**
 * Asks an OPA of one's own over a unix domain socket. The bundle's rules and data are put into it below a root that is
 * named after the revision, and only that root is asked: whatever else the OPA holds, and however many processes load
 * their revisions into it, a decision is made by exactly this bundle. An OPA that was restarted is given it again.
 */
export class SidecarPolicyEngine implements BundleEngine {
  #loading: Promise<void> | undefined;

  private constructor(
    readonly bundle: Bundle,
    private readonly sidecar: Sidecar,
    private readonly opa: OpaSocket,
    private readonly options: SidecarOptions,
  ) {}

  /**
   * Puts a bundle into the OPA and tries it out.
   * @throws {BundleRejectedError} its digests are not right, the OPA does not take its rules or cannot be asked.
   */
  static async load(bytes: Uint8Array, options: SidecarOptions): Promise<SidecarPolicyEngine> {
    const bundle = decodeBundle(bytes);
    const { sidecar } = sourcesOf(bundle);
    if (sidecar === undefined) throw new BundleRejectedError('it was not built for an OPA beside the service');
    const engine = new SidecarPolicyEngine(bundle, sidecar, new OpaSocket(options.socket), options);
    try {
      await engine.#load();
      await engine.#answer(PROBE);
    } catch (cause) {
      engine.opa.close();
      throw new BundleRejectedError(`the OPA at ${options.socket} cannot use it (${wordsOf(cause)})`, { cause });
    }
    return engine;
  }

  get revision(): string {
    return this.bundle.manifest.revision;
  }

  async decide(input: PolicyInput): Promise<Decision> {
    const nowUs = this.options.nowUs ?? monotonicUs;
    const startedUs = nowUs();
    const answer = await this.#answerOrRefusal(input);
    return toDecision(input.action, answer, this.revision, nowUs() - startedUs);
  }

  /** Takes the rules out of the OPA after a while; whoever still needs them puts them back. */
  close(): void {
    const timer = setTimeout(() => {
      void this.#unload().finally(() => this.opa.close());
    }, this.options.lingerMs ?? 60_000);
    timer.unref();
  }

  async #answerOrRefusal(input: PolicyInput): Promise<Answer> {
    try {
      return await this.#answer(input);
    } catch (cause) {
      const fault =
        cause instanceof PolicyFaultError ? cause : new PolicyFaultError(this.revision, wordsOf(cause), { cause });
      this.options.onFault?.(fault);
      return { allow: false, reasons: [UNDECIDED], obligations: [] };
    }
  }

  async #answer(input: PolicyInput): Promise<Answer> {
    const question = `{"input":${questionText(input, this.revision)}}`;
    let values = await this.#ask(question);
    if (values === undefined) {
      // OPA keeps nothing over a restart.
      await this.#loadOnce();
      values = await this.#ask(question);
    }
    if (values === undefined) throw new PolicyFaultError(this.revision, 'the OPA does not hold its rules');
    const known = values;
    const answer = answerOf(this.bundle.entrypoints, input, (rule) =>
      Object.hasOwn(known, rule) ? known[rule] : undefined,
    );
    if ('problem' in answer) throw new PolicyFaultError(this.revision, answer.problem);
    return answer;
  }

  /** The value of every entry point that speaks for the question; `undefined` where the OPA does not have the rules. */
  async #ask(question: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const path = `/v1/data/${this.sidecar.root}/${GATE_PACKAGE}/results`;
    const { status, text } = await this.opa.send('POST', path, question, this.options.timeoutMs ?? 250);
    const reply = objectIn(text);
    if (status !== 200 || reply === undefined) {
      throw new PolicyFaultError(this.revision, `the OPA answered ${status}: ${complaintIn(reply)}`);
    }
    if (!Object.hasOwn(reply, 'result')) return undefined;
    if (!isObject(reply.result))
      throw new PolicyFaultError(this.revision, 'the OPA answered something else than results');
    return reply.result;
  }

  #loadOnce(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** Data first, the module that answers last: until it is there, nothing of this root answers. */
  async #load(): Promise<void> {
    const data = new TextDecoder().decode(this.bundle.data);
    await this.#put(`/v1/data/${this.sidecar.root}`, data);
    await this.#putAll(Object.keys(this.sidecar.modules).filter((path) => path !== GATE_FILE));
    await this.#putAll([GATE_FILE]);
  }

  /** A module is refused while a function that it calls is not there yet, so what failed is tried again after the others. */
  async #putAll(paths: readonly string[]): Promise<void> {
    let left = paths;
    while (left.length > 0) {
      const failed: string[] = [];
      let fault: unknown;
      for (const path of left) {
        try {
          await this.#put(this.#policyPath(path), this.sidecar.modules[path] ?? '');
        } catch (cause) {
          failed.push(path);
          fault = cause;
        }
      }
      if (failed.length === left.length) throw fault;
      left = failed;
    }
  }

  async #put(path: string, body: string): Promise<void> {
    const { status, text } = await this.opa.send('PUT', path, body, LOAD_TIMEOUT_MS);
    if (status < 200 || status > 299)
      throw new Error(`PUT ${path} was answered ${status}: ${complaintIn(objectIn(text))}`);
  }

  async #unload(): Promise<void> {
    const gateFirst = new Set([GATE_FILE, ...Object.keys(this.sidecar.modules)]);
    try {
      for (const path of gateFirst) await this.opa.send('DELETE', this.#policyPath(path), '', LOAD_TIMEOUT_MS);
      await this.opa.send('DELETE', `/v1/data/${this.sidecar.root}`, '', LOAD_TIMEOUT_MS);
    } catch (fault) {
      // What stays there is asked by nobody; an OPA that is gone has forgotten it anyway.
      this.options.onFault?.(new PolicyFaultError(this.revision, `it was not taken out of OPA (${wordsOf(fault)})`));
    }
  }

  #policyPath(path: string): string {
    return `/v1/policies/${this.sidecar.root}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: the caller says what came instead
  }
}

/** What an OPA says of a fault. */
const complaintIn = (reply: Record<string, unknown> | undefined): string =>
  JSON.stringify(reply?.errors ?? reply?.message ?? 'no JSON').slice(0, 300);

const wordsOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message.slice(0, 500) : String(fault).slice(0, 500);
