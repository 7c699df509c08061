import { join } from 'node:path';
import type { SigningKey, Trust } from '@voorman/signing';
import { type PreparedTool, toPublish } from '../prepared-tool.js';
import type { RegistryIndex } from '../registry-index.js';
import { RegistryStore } from '../registry-store.js';
import { type LeftOut, ToolShelf } from '../tool-shelf.js';
import { NOON, Objects, scratch, trusting } from './sample.js';

/** A store, a clock that stands at noon until it is set, and shelves on them in a folder of their own. */
export class ShelfSetting implements AsyncDisposable {
  readonly objects = new Objects();
  readonly store = new RegistryStore(this.objects);
  nowMs = NOON;
  /** What the last look of a shelf left out. */
  leftOut: readonly LeftOut[] = [];
  readonly troubles: unknown[] = [];

  private constructor(
    private readonly scratch: AsyncDisposable & { readonly path: string },
    public trust: Trust,
  ) {}

  /** @param keys whose signatures are trusted. */
  static async open(keys: readonly SigningKey[]): Promise<ShelfSetting> {
    return new ShelfSetting(await scratch(), trusting(keys));
  }

  /** Where tools may be written before they are published. */
  get root(): string {
    return this.scratch.path;
  }

  /** Where shelves lay tools out. */
  get folder(): string {
    return join(this.root, 'tools');
  }

  shelf(): ToolShelf {
    return new ToolShelf({
      source: this.objects,
      trust: async () => this.trust,
      folder: this.folder,
      nowMs: () => this.nowMs,
      report: {
        current: () => undefined,
        leftOut: (problems) => {
          this.leftOut = problems;
        },
        trouble: (fault) => this.troubles.push(fault),
      },
    });
  }

  publish(...tools: PreparedTool[]): Promise<RegistryIndex> {
    return this.store.publish(tools.map(toPublish), 'a test', this.nowMs);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.scratch[Symbol.asyncDispose]();
  }
}

/** The tools on a shelf, each with its version; of a revision, or of the newest one. */
export const namesOn = (shelf: ToolShelf, revision?: string): string[] =>
  [...(revision === undefined ? shelf.tools() : shelf.tools(revision))].map(
    ([name, { manifest }]) => `${name} ${manifest.version}`,
  );

/** What a shelf does not hold of the newest revision, and why. */
export const whyOf = (shelf: ToolShelf): string[] => shelf.problems.map(({ tool, fault }) => `${tool}: ${fault.code}`);
