import { VoormanError } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import type { Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import { failed } from '../tool-answer.js';
import { noFiles, notBegun } from '../tool-faults.js';
import type { AttachmentFiles } from './attachment-files.js';
import { type Overheard, runProcess } from './process-tool.js';
import { ResidentTool } from './resident-tool.js';

/** Runs programs: one for each call, or one that stays. */
export class ProcessExecutor implements ExecutorOf<LoadedToolOf<'process'>> {
  /** By folder: a version of a tool has a folder of its own. */
  readonly #residents = new Map<string, ResidentTool>();
  readonly #stopping = new AbortController();

  constructor(
    private readonly attachments: AttachmentFiles,
    private readonly overheard: Overheard,
  ) {}

  async meaning(): Promise<Meaning> {
    return {};
  }

  async execute(tool: LoadedToolOf<'process'>, execution: Execution): Promise<Executed> {
    let args: unknown = execution.arguments;
    if (execution.tool.attachmentPaths.length > 0) {
      const began = performance.now();
      try {
        args = await this.attachments.localise(args);
      } catch (fault) {
        return this.#withoutFiles(tool.name, fault, performance.now() - began);
      }
    }
    // Fetching may take a while. Nothing has happened yet, so there is nothing to be in doubt about.
    if (execution.signal.aborted) return failed(notBegun(tool.name), 0, false);
    return tool.mode === 'resident'
      ? this.#resident(tool).execute(args, execution.signal)
      : runProcess(tool, args, execution.signal, this.overheard, this.#stopping.signal);
  }

  /** Ends every program, those that stay and those of running calls; the latter's calls do not settle any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const resident of this.#residents.values()) resident.stop();
  }

  /** The program was not started: whatever kept the files away, nothing has happened. */
  #withoutFiles(tool: string, fault: unknown, durationMs: number): Executed {
    if (fault instanceof VoormanError) {
      return { kind: 'fault', fault: fault.toPublic(), durationMs, retryable: fault.retryable };
    }
    this.overheard(tool, `its attachments: ${fault instanceof Error ? fault.message : String(fault)}`);
    return failed(noFiles(tool), durationMs, true);
  }

  #resident(tool: LoadedToolOf<'process'>): ResidentTool {
    const resident = this.#residents.get(tool.folder) ?? new ResidentTool(tool, this.overheard);
    this.#residents.set(tool.folder, resident);
    return resident;
  }
}
