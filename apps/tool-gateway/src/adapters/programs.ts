import { delimiter, resolve } from 'node:path';
import {
  type AttachmentFiles,
  FunctionExecutor,
  loadFunctions,
  loadSandboxes,
  ProcessExecutor,
  Sandbox,
  ScriptExecutor,
} from '@voorman/executors';
import type { OperatorLog } from '@voorman/service';
import type { GatewayConfig } from '../config.js';

/** What the gateway's programs, scripts and functions need. */
export interface ProgramOptions {
  readonly config: GatewayConfig;
  /** Registry folders, each of which may define sandbox profiles. */
  readonly registry: readonly string[];
  /** Where the stack keeps its keys: no sandbox shows it. */
  readonly data: string;
  readonly attachments: AttachmentFiles;
  readonly log: OperatorLog;
}

/** Everything that runs code on this machine: programs in their sandboxes, scripts in their interpreter, functions. */
export async function openPrograms({ config, registry, data, attachments, log }: ProgramOptions) {
  const { sandboxes, problems } = await loadSandboxes(registry);
  const modules = (config.VOORMAN_FUNCTIONS ?? '').split(delimiter).filter((file) => file !== '');
  const functions = await loadFunctions(modules);
  for (const problem of [...problems, ...functions.problems]) log.error({ problem }, problem.message);
  const overheard = (tool: string, text: string) => log.info({ tool, text }, 'A tool speaks.');
  const sandbox = await Sandbox.open({
    bwrap: config.VOORMAN_BWRAP,
    sandboxes,
    hidden: [resolve(data)],
    overheard,
  });
  if (sandbox.unavailable !== undefined) {
    log.error(
      { problem: sandbox.unavailable },
      'Tools that are programs are refused, but for those of a bare profile.',
    );
  }
  return {
    executors: {
      process: new ProcessExecutor(attachments, overheard, sandbox),
      script: new ScriptExecutor((tool, text) => log.warn({ tool, text }, 'A script could not run.')),
      function: new FunctionExecutor(functions.handlers, (tool, fault) =>
        log.warn({ tool, err: fault }, 'A function failed.'),
      ),
    },
    /** For servers that are programs, too. */
    place: sandbox.place.bind(sandbox),
    problems: problems.length + functions.problems.length,
    detail: sandbox.detail,
  };
}
