import { type PublicError, VoormanError } from '@voorman/envelope';
import { oneAtATime } from '@voorman/following';
import { changesBetween, identityOf, type PolicySources } from '@voorman/policy/authoring';
import type { Problem } from '@voorman/registry';
import type { ReadSources } from './ports.js';
import type { Published } from './publish.handler.js';

/** What an operator is told. */
export interface KeeperReport {
  /** A bundle was published, or (`changed` false) what is published is what the folders say. */
  published(bundle: Published, changes: readonly string[]): void;
  /** Nothing was published; the bundle before stays in force. */
  refused(fault: unknown): void;
  /** Manifests that rules cannot see. */
  manifestProblems(problems: readonly Problem[]): void;
}

/** How things stand, for health and status. */
export interface KeeperState {
  /** What the store was last known to hold. */
  readonly revision?: string;
  /** Why what the folders say is not what is published. */
  readonly problem?: PublicError;
}

/**
 * Keeps the published bundle at what the folders say. Each look reads them and publishes what changed; looks follow one
 * another, and those asked for meanwhile become one. What was refused is not compiled again until something changes.
 */
export class BundleKeeper {
  #state: KeeperState = {};
  #refused: string | undefined;
  #before: PolicySources | undefined;
  /** What the folders said at the last look, published or not. */
  #seen: string | undefined;
  /** An edit whose publication failed for a reason that passes is still one when it is tried again. */
  #wasEdited = false;
  #problems = '[]';

  constructor(
    private readonly read: () => Promise<ReadSources>,
    private readonly publish: (sources: PolicySources, isEdit: boolean) => Promise<Published>,
    private readonly report: KeeperReport,
  ) {}

  get state(): KeeperState {
    return this.#state;
  }

  /** What is in force now, as somebody else put it there. */
  noticed(revision: string): void {
    this.#state = { ...this.#state, revision };
  }

  /** Looks once more; resolves when nothing is left to look at. Never rejects: what went wrong is reported. */
  readonly look = oneAtATime(() => this.#look());

  async #look(): Promise<void> {
    let identity: string | undefined;
    try {
      const { sources, problems } = await this.read();
      this.#tell(problems);
      identity = identityOf(sources);
      if (identity === this.#refused) return;
      this.#wasEdited ||= this.#seen !== undefined && this.#seen !== identity;
      this.#seen = identity;
      const bundle = await this.publish(sources, this.#wasEdited);
      this.#wasEdited = false;
      this.#refused = undefined;
      const news = bundle.changed || this.#state.revision === undefined || this.#state.problem !== undefined;
      this.#state = { revision: bundle.revision };
      const changes = this.#before === undefined ? [] : changesBetween(this.#before, sources);
      this.#before = sources;
      if (news) this.report.published(bundle, changes);
    } catch (fault) {
      const problem =
        fault instanceof VoormanError
          ? fault.toPublic()
          : {
              code: 'policy/unexpected',
              message: 'Publishing the policy failed.',
              next: 'Read the log of the service.',
            };
      // A store that is out of reach may answer the next time; the same rules are refused again.
      if (!(fault instanceof VoormanError && fault.retryable)) this.#refused = identity;
      const known = this.#state.problem?.message === problem.message;
      this.#state = { ...this.#state, problem };
      if (!known) this.report.refused(fault);
    }
  }

  /** The same problems are told once. */
  #tell(problems: readonly Problem[]): void {
    const text = JSON.stringify(problems);
    if (text === this.#problems) return;
    this.#problems = text;
    this.report.manifestProblems(problems);
  }
}
