import { join } from 'node:path';
import { keepCurrent, type LeftOut, ToolShelf } from '@voorman/distribution';
import type { LogConnection } from '@voorman/log/jetstream';
import { type OperatorLog, systemClock } from '@voorman/service';
import { loadTrust } from '@voorman/signing';

/** The shelf of this gateway, and what health tells of it. */
export interface OpenShelf {
  readonly shelf: ToolShelf;
  /** For `/healthz`: the revision, the tools that can be used, and those that are left out, each with its reason. */
  detail(): { readonly registry: string; readonly tools: readonly string[]; readonly left_out: readonly LeftOut[] };
  stop(): void;
}

/**
 * Follows the registry that is published in the log's store. Whom it believes say the `trust` folders of the registry
 * folders and of the data folder.
 */
export async function openShelf(
  connection: Pick<LogConnection, 'bundles'>,
  settings: { readonly registry: readonly string[]; readonly data: string },
  log: OperatorLog,
): Promise<OpenShelf> {
  const trusted = [...settings.registry, settings.data].map((folder) => join(folder, 'trust'));
  const shelf = new ToolShelf({
    source: connection.bundles,
    trust: () => loadTrust(trusted),
    folder: join(settings.data, 'tools'),
    nowMs: () => systemClock.nowMs(),
    report: {
      current: (revision, tools) => log.info({ revision, tools }, 'A revision of the registry is in use.'),
      leftOut: (problems) => {
        for (const { tool, version, fault } of problems) log.error({ tool, version, fault }, 'A tool is left out.');
        if (problems.length === 0) log.info('Every tool of the registry can be used again.');
      },
      trouble: (fault) => log.warn({ err: fault }, 'The registry could not be read; what was in use stays in use.'),
    },
  });
  const stop = await keepCurrent(shelf, connection.bundles);
  return {
    shelf,
    detail: () => ({
      registry: shelf.revision ?? 'none',
      tools: [...shelf.tools().keys()],
      left_out: shelf.problems,
    }),
    stop,
  };
}
