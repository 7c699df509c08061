import { setTimeout as pause } from 'node:timers/promises';
import type { LoadedAgent, Registry } from '@voorman/registry';
import { NameError, UsageError } from '../errors.js';
import type { Child } from './child.js';
import { bundleOf, type LeftOut, stateOf, type Trouble, toolsOf, troubleOf } from './health.js';
import { botChild, SERVICES, type Surroundings, serviceChild } from './members.js';

/** What the supervisor tells of one process. */
export interface Member {
  readonly name: string;
  readonly replica: number;
  readonly pid: number;
  readonly state: string;
  /** The policy that it decides by; absent where it decides nothing, has none, or does not answer. */
  readonly bundle?: string;
  /** The revision of the registry whose tools it offers to new sessions; a gateway's alone. */
  readonly registry?: string;
  /** The tools of that revision that it does not use. */
  readonly left_out?: readonly LeftOut[];
  /** Why it does not use what it was given last. */
  readonly trouble?: Trouble;
}

export const MAX_REPLICAS = 32;
const READY_WITHIN_MS = 60_000;
const POLICY_WITHIN_MS = 10_000;
/** The same, where the policy was refused: there may be an older one in force, or none at all. */
const OLDER_POLICY_WITHIN_MS = 2_000;

/** All services and bots of a stack. */
export class Fleet {
  #children: Child[] = [];

  constructor(
    private readonly registry: Pick<Registry, 'agents'>,
    private readonly surroundings: Surroundings,
  ) {}

  /**
   * Starts everyone at once; resolves when all are ready and decide by a policy bundle.
   * @param say is told of each one that is ready.
   * @throws {StartFailedError} one does not come up. @throws {NotBuiltError} and the signal's reason.
   */
  async start(say: (line: string) => void, cancelled?: AbortSignal): Promise<void> {
    this.#children = [
      ...SERVICES.map((name) => serviceChild(this.surroundings, name)),
      ...this.registry.agents.map((bot) => botChild(this.surroundings, bot, 1)),
    ];
    for (const child of this.#children) child.start();
    await Promise.all(
      this.#children.map(async (child) => {
        await abortable(child.ready(READY_WITHIN_MS), cancelled);
        say(`${child.label} is ready (pid ${child.pid})`);
      }),
    );
    await this.#policyInForce(say);
  }

  /** SIGTERM to everyone; resolves when all have handed back their work and ended. */
  async stop(): Promise<void> {
    await this.#dismiss(this.#children);
  }

  /** SIGKILL to everyone. */
  kill(): void {
    for (const child of this.#children) child.kill();
  }

  /** How everyone is at the moment. */
  members(): Promise<Member[]> {
    return Promise.all(
      this.#children.map(async ({ name, replica, pid, phase, health }) => {
        const [state, bundle, tools, trouble] = await Promise.all([
          stateOf(phase, health),
          bundleOf(health),
          toolsOf(health),
          troubleOf(health),
        ]);
        return {
          ...{ name, replica, pid, state },
          ...(bundle === undefined ? {} : { bundle }),
          ...(tools === undefined ? {} : { registry: tools.registry, left_out: tools.leftOut }),
          ...(trouble === undefined ? {} : { trouble }),
        };
      }),
    );
  }

  /**
   * Lets so many processes share a bot's tasks; resolves when they are ready, or gone. If one does not come up, all that
   * were to join leave again.
   * @throws {NameError} no such bot. @throws {UsageError} a number that cannot be meant. @throws {StartFailedError}
   */
  async scale(name: string, replicas: number): Promise<{ readonly bot: string; readonly replicas: number }> {
    const bot = this.#bot(name);
    if (replicas < 1 || replicas > MAX_REPLICAS) throw new UsageError(`A bot has 1 to ${MAX_REPLICAS} replicas.`);
    const have = this.#children.filter((child) => child.name === name);
    const joining = Array.from({ length: Math.max(0, replicas - have.length) }, (_, index) =>
      botChild(this.surroundings, bot, have.length + index + 1),
    );
    this.#children.push(...joining);
    for (const child of joining) child.start();
    try {
      await Promise.all(joining.map((child) => child.ready(READY_WITHIN_MS)));
    } catch (fault) {
      await this.#dismiss(joining);
      throw fault;
    }
    await this.#dismiss(have.filter((child) => child.replica > replicas));
    this.surroundings.say(`${name} runs in ${replicas} process${replicas === 1 ? '' : 'es'}.`);
    return { bot: name, replicas };
  }

  async #dismiss(children: readonly Child[]): Promise<void> {
    await Promise.all(children.map((child) => child.stop()));
    this.#children = this.#children.filter((child) => !children.includes(child));
  }

  #bot(name: string): LoadedAgent {
    const bot = this.registry.agents.find((agent) => agent.name === name);
    if (bot !== undefined) return bot;
    const known = this.registry.agents.map((agent) => agent.name).join(', ') || 'none';
    throw new NameError(`There is no bot called ${name.slice(0, 80)} here.`, `The bots are: ${known}.`);
  }

  /** A stack that answers every goal with "there is no policy" would be up in name only. */
  async #policyInForce(say: (line: string) => void): Promise<void> {
    const refused = await Promise.all(this.#children.map(({ health }) => troubleOf(health)));
    const withinMs = refused.every((trouble) => trouble === undefined) ? POLICY_WITHIN_MS : OLDER_POLICY_WITHIN_MS;
    const deadline = Date.now() + withinMs;
    for (const child of this.#children) {
      if (child.name !== 'orchestrator' && child.name !== 'tool-gateway') continue;
      while ((await bundleOf(child.health)) === undefined) {
        if (Date.now() > deadline) {
          say(`${child.label} has no policy bundle yet: it refuses everything. See logs/policy-1.log.`);
          break;
        }
        await pause(50);
      }
    }
  }
}

/** The work's result, or the signal's reason when that comes first. */
function abortable<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  return Promise.race([work, aborted]);
}
