import { join, resolve } from 'node:path';
import type { Registry } from '@voorman/registry';
import { locateTool } from '@voorman/tools';
import { localSigner } from '../registry/local-signer.js';
import { publishAtStart } from '../registry/publishing.js';
import { BusAccess } from './bus-access.js';
import { BusCertificates } from './bus-certificates.js';
import { busTargetsAtStart } from './bus-targets.js';
import { type Answers, type Request, serveControl, socketPath } from './control.js';
import { type DataFolder, prepareDataFolder, ROOT, unusable } from './data-folder.js';
import { watchDisk } from './disk.js';
import { Fleet } from './fleet.js';
import { takeLock } from './lock.js';
import { endLeftOver, Nats } from './nats.js';
import { readPublishers, topologyOf } from './participants.js';
import { readRegistry } from './registry-folders.js';
import { sandboxTool } from './sandbox-tool.js';
import { type StackReport, troublesOf } from './stack-report.js';
import { removeState, type StackState, writeState } from './state-file.js';

/** What a stack is started with. */
export interface SupervisorOptions {
  readonly data: DataFolder;
  /** Folders that add to the shipped registry. */
  readonly registry: readonly string[];
  /** Written through every two minutes instead of at every append. */
  readonly relaxed: boolean;
  /** Whether whoever connects to NATS has to show a certificate. Default: `VOORMAN_NATS_TLS` is 1. */
  readonly tls?: boolean;
  readonly say: (line: string) => void;
}

/** The embedded stack: one NATS server and every service as its own process, kept running until `stop`. */
export class Supervisor {
  /** Requests change the stack one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  readonly #undo: (() => Promise<unknown>)[] = [];
  #state: StackState;

  private constructor(
    private readonly options: SupervisorOptions,
    private readonly registry: Registry,
    private readonly nats: Nats,
    private readonly fleet: Fleet,
    private readonly bus: BusAccess,
    private readonly certificates: BusCertificates | undefined,
    folders: readonly string[],
    control: string,
  ) {
    this.#state = {
      phase: 'starting',
      supervisor: process.pid,
      started_at: new Date().toISOString(),
      control,
      registry: [...folders],
    };
  }

  /**
   * Starts everything and resolves when every service is ready and policy is in force. Whatever fails on the way, nothing
   * half-started is left.
   * @throws {AlreadyRunningError} @throws {DataFolderError} @throws {StartFailedError} and what the tools and NATS throw.
   */
  static async start(options: SupervisorOptions, cancelled?: AbortSignal): Promise<Supervisor> {
    const { data, say } = options;
    const folders = [join(ROOT, 'deploy', 'registry'), ...options.registry];
    await prepareDataFolder(data);
    const undo: (() => Promise<unknown>)[] = [];
    let supervisor: Supervisor | undefined;
    try {
      undo.push(await takeLock(data.lock));
      const leftOver = await endLeftOver(data);
      if (leftOver !== undefined) say(`Ended the nats-server (pid ${leftOver}) that a killed supervisor left behind.`);
      const [server, opa, bwrap] = await Promise.all([
        locateTool('nats-server', { report: say }),
        locateTool('opa', { report: say }),
        sandboxTool(say),
      ]);
      const [registry, publishers] = await Promise.all([readRegistry(folders, say), readPublishers(data)]);
      // Whoever publishes signs, so the key of this machine is there before anybody does.
      await localSigner(data);
      const policies = resolve(process.env.VOORMAN_POLICIES ?? join(ROOT, 'deploy', 'registry', 'policies'));
      const targets = await busTargetsAtStart(data, policies, registry, opa.path, say);
      const topology = topologyOf(registry, publishers, targets);
      const isEncrypted = options.tls ?? process.env.VOORMAN_NATS_TLS === '1';
      const certificates = isEncrypted ? await BusCertificates.open(data) : undefined;
      const shown = certificates === undefined ? {} : { certificates };
      const nats = new Nats({
        ...shown,
        data,
        binary: server.path,
        version: server.version,
        relaxed: options.relaxed,
        say,
        changed: () => supervisor?.tellStateSoon(),
      });
      const socket = await socketPath(data);
      undo.push(() => socket.remove());
      const fleet = new Fleet(registry, {
        ...shown,
        data,
        registry: folders,
        opa: opa.path,
        ...(bwrap === undefined ? {} : { bwrap }),
        natsUrl: () => nats.url,
        durability: nats.state.durability,
        env: process.env,
        say,
      });
      const bus = new BusAccess({ data, registry, nats, certificates, say }, topology);
      supervisor = new Supervisor(options, registry, nats, fleet, bus, certificates, folders, socket.path);
      supervisor.#state = { ...supervisor.#state, policies };
      supervisor.#undo.push(...undo.splice(0));
      await supervisor.#launch(cancelled);
      return supervisor;
    } catch (fault) {
      await supervisor?.stop();
      for (const step of undo.reverse()) await step();
      throw unusable(data, fault);
    }
  }

  get natsUrl(): string {
    return this.nats.url;
  }

  /** Writes down where the stack is, for other commands. */
  async tellState(phase = this.#state.phase): Promise<void> {
    this.#state = { ...this.#state, phase, nats: this.nats.state };
    await writeState(this.options.data, this.#state);
  }

  /** The same, where nobody waits for it: a disk that takes no more must not end the stack. */
  tellStateSoon(phase = this.#state.phase): void {
    this.tellState(phase).catch((fault: unknown) =>
      this.options.say(`Where the stack is could not be written: ${fault}`),
    );
  }

  /** Services first, so that they can hand back their work; then NATS. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Ends every process at once; `stop` still has to be awaited. */
  kill(): void {
    this.fleet.kill();
  }

  async #launch(cancelled: AbortSignal | undefined): Promise<void> {
    const { say, data } = this.options;
    const began = Date.now();
    const took = (): string => `${((Date.now() - began) / 1_000).toFixed(1)} s`;
    await writeState(data, this.#state);
    await this.bus.renewCertificates();
    await this.nats.start(this.bus.topology);
    const { url, version, pid, durability, tls } = this.nats.state;
    say(`nats-server ${version} listens on ${url} (pid ${pid}, ${durability}${tls ? ', mTLS' : ''})  ${took()}`);
    this.#keepCertificates();
    await this.tellState();
    const control = await serveControl(this.#state.control, (request) => this.#answer(request));
    this.#undo.push(() => control.close());
    await publishAtStart(data, this.nats.state, this.registry.tools, (line) => say(`${line}  ${took()}`));
    cancelled?.throwIfAborted();
    await this.fleet.start((line) => say(`${line}  ${took()}`), cancelled);
    cancelled?.throwIfAborted();
    this.#watchDisk();
    await this.tellState('ready');
    // What was refused stops only what depends on it, and nobody has to find that out by a refused goal.
    for (const { name, message, next } of troublesOf(await this.report())) say(`${name}: ${message} ${next}`);
    say(`The stack is up  ${took()}`);
  }

  /** A server that once failed to write refuses all further records, even when there is room again, until it is restarted. */
  #watchDisk(): void {
    const { data, say } = this.options;
    const end = watchDisk(data.path, {
      full: () => say(`The disk of ${data.path} is full: nothing more is recorded until some of it is free.`),
      free: () => {
        say('The disk has room again: restarting nats-server, which would go on refusing.');
        this.nats.restart().catch((fault: unknown) => say(`${fault}`));
      },
    });
    this.#undo.push(async () => end());
  }

  #keepCertificates(): void {
    const end = this.certificates?.keepFresh(
      () =>
        this.#inTurn(async () => {
          await this.bus.renewCertificates();
          await this.nats.reload(this.bus.topology);
        }),
      this.options.say,
    );
    if (end !== undefined) this.#undo.push(async () => end());
  }

  async #stop(): Promise<void> {
    // On a full disk nobody can be told, and everything has to stop all the same.
    await this.tellState('stopping').catch((fault: unknown) => this.options.say(`${fault}`));
    await this.fleet.stop();
    await this.nats.stop();
    await removeState(this.options.data);
    for (const step of this.#undo.reverse()) await step();
  }

  async #answer(request: Request): Promise<Answers[keyof Answers]> {
    switch (request.ask) {
      case 'status':
        return await this.report();
      case 'scale':
        return await this.#inTurn(() => this.fleet.scale(request.bot, request.replicas));
      case 'bus':
        return await this.#inTurn(() => this.bus.allow(request.targets));
      case 'access':
        return await this.#inTurn(() => this.bus.admit(request.name, request.tenant, request.roles ?? []));
    }
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const next = this.#turn.then(act);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** How everything is at the moment. */
  async report(): Promise<StackReport> {
    return { nats: this.nats.state, members: await this.fleet.members(), problems: this.registry.problems };
  }
}
