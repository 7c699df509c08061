import { type Fault, VoormanError } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import type { Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import type { Place, Sandbox } from '../sandbox/sandbox.js';
import { noAttachments } from '../sandbox/sandbox-faults.js';
import { failed } from '../tool-answer.js';
import { noFiles, notBegun } from '../tool-faults.js';
import type { AttachmentFiles } from './attachment-files.js';
import { runProcess } from './process-tool.js';
import type { Overheard } from './program-start.js';
import { ResidentTool } from './resident-tool.js';

/** Runs programs: one for each call, or one that stays; each in the sandbox that policy or the default names. */
export class ProcessExecutor implements ExecutorOf<LoadedToolOf<'process'>> {
  /** By profile and folder: a version of a tool has a folder of its own. */
  readonly #residents = new Map<string, ResidentTool>();
  readonly #stopping = new AbortController();

  constructor(
    private readonly attachments: AttachmentFiles,
    private readonly overheard: Overheard,
    private readonly sandbox: Sandbox,
  ) {}

  async meaning(): Promise<Meaning> {
    return {};
  }

  async execute(tool: LoadedToolOf<'process'>, execution: Execution): Promise<Executed> {
    const place = this.sandbox.place(tool, execution.limits?.sandbox);
    if ('fault' in place) return failed(place.fault, 0, false);
    const files: string[] = [];
    let args: unknown = execution.arguments;
    if (execution.tool.attachmentPaths.length > 0) {
      // What one session's call may read, a program that serves many sessions would keep in sight.
      if (tool.mode === 'resident' && place.isConfined) return failed(noAttachments(tool.name), 0, false);
      const began = performance.now();
      try {
        args = await this.attachments.localise(args, (path) => place.show(path, files));
      } catch (fault) {
        return this.#withoutFiles(tool.name, fault, performance.now() - began);
      }
    }
    const how = tool.mode === 'resident' ? undefined : await place.start(files, false);
    // Fetching may take a while. Nothing has happened yet, so there is nothing to be in doubt about.
    if (execution.signal.aborted) return failed(notBegun(tool.name), 0, false);
    if (how === undefined) {
      const resident = await this.#resident(tool, place);
      return 'fault' in resident ? failed(resident.fault, 0, false) : resident.execute(args, execution.signal);
    }
    if ('fault' in how) return failed(how.fault, 0, false);
    return runProcess(tool.name, how, args, execution.signal, this.overheard, this.#stopping.signal);
  }

  /** Ends every program, those that stay and those of running calls; the latter's calls do not settle any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const resident of this.#residents.values()) resident.stop();
    await this.sandbox.stop();
  }

  /** The program was not started: whatever kept the files away, nothing has happened. */
  #withoutFiles(tool: string, fault: unknown, durationMs: number): Executed {
    if (fault instanceof VoormanError) {
      return { kind: 'fault', fault: fault.toPublic(), durationMs, retryable: fault.retryable };
    }
    this.overheard(tool, `its attachments: ${fault instanceof Error ? fault.message : String(fault)}`);
    return failed(noFiles(tool), durationMs, true);
  }

  async #resident(tool: LoadedToolOf<'process'>, place: Place): Promise<ResidentTool | { readonly fault: Fault }> {
    const key = `${place.profile}\0${tool.folder}`;
    const known = this.#residents.get(key);
    if (known) return known;
    const how = await place.start([], true);
    if ('fault' in how) return how;
    // Another call may have been first while we waited.
    const resident = this.#residents.get(key) ?? new ResidentTool(tool.name, how, this.overheard);
    this.#residents.set(key, resident);
    return resident;
  }
}
