import { VoormanError } from '@voorman/envelope';
import type { LoadedTool } from '@voorman/registry';
import type { Executed, Execution, ToolExecutor } from '../ports.js';
import type { AttachmentFiles } from './attachment-files.js';
import { callEndpoint } from './http-tool.js';
import { type Overheard, runProcess } from './process-tool.js';
import { ResidentTool } from './resident-tool.js';
import { failed } from './tool-answer.js';
import { noFiles, notBegun } from './tool-faults.js';

/** Carries out every type of tool that a manifest may declare. */
export class WorldExecutor implements ToolExecutor {
  readonly #residents = new Map<string, ResidentTool>();
  readonly #stopping = new AbortController();

  constructor(
    private readonly manifests: ReadonlyMap<string, LoadedTool>,
    private readonly attachments: AttachmentFiles,
    private readonly overheard: Overheard,
  ) {}

  async execute(execution: Execution): Promise<Executed> {
    const manifest = this.manifests.get(execution.tool.manifest.name);
    if (manifest === undefined) throw new Error(`${execution.tool.manifest.name} has no manifest here`);
    if (manifest.type === 'api') return callEndpoint(manifest, execution);
    let args: unknown = execution.arguments;
    if (execution.tool.attachmentPaths.length > 0) {
      const began = performance.now();
      try {
        args = await this.attachments.localise(args);
      } catch (fault) {
        return this.#withoutFiles(manifest.name, fault, performance.now() - began);
      }
    }
    // Fetching may take a while. Nothing has happened yet, so there is nothing to be in doubt about.
    if (execution.signal.aborted) {
      return failed(notBegun(manifest.name), 0, false);
    }
    return manifest.mode === 'resident'
      ? this.#resident(manifest).execute(args, execution.signal)
      : runProcess(manifest, args, execution.signal, this.overheard, this.#stopping.signal);
  }

  /** Ends every program, those that stay and those of running calls; the latter's calls do not settle any more. */
  stop(): void {
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

  #resident(manifest: Extract<LoadedTool, { type: 'process' }>): ResidentTool {
    const resident = this.#residents.get(manifest.name) ?? new ResidentTool(manifest, this.overheard);
    this.#residents.set(manifest.name, resident);
    return resident;
  }
}
