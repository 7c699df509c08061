import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  ApiExecutor,
  AttachmentFiles,
  FunctionExecutor,
  loadFunctions,
  loadSandboxes,
  MailExecutor,
  McpExecutor,
  type McpManifest,
  openKeyring,
  ProcessExecutor,
  Sandbox,
  ScriptExecutor,
  SqlExecutor,
  WorldExecutor,
} from '@voorman/executors';
import type { DataFolder } from '../stack/data-folder.js';
import { sandboxTool } from '../stack/sandbox-tool.js';
import { MADE_UP_FILES } from './made-up-files.js';

/** A server that cannot be asked within this time is not there. Milliseconds. */
const DESCRIBE_MS = 30_000;

/** Carries out tools on this machine, without a stack: as a gateway would, with the keys of its data folder. */
export interface LocalExecutors {
  readonly executor: WorldExecutor;
  /** How the server of a tool describes it now. @throws where it cannot be reached. */
  describe(tool: McpManifest): ReturnType<McpExecutor['describe']>;
  stop(): Promise<void>;
}

/**
 * @param folders registry folders, which may define sandbox profiles.
 * @param say hears what tools write beside their answers.
 * @param report hears what faults leave out of their sentences; default: as `say`.
 */
export async function openExecutors(
  data: DataFolder,
  folders: readonly string[],
  say: (tool: string, said: string) => void,
  report = (tool: string, fault: unknown): void => say(tool, fault instanceof Error ? fault.message : String(fault)),
): Promise<LocalExecutors> {
  const room = await mkdtemp(join(tmpdir(), 'voorman-tools-'));
  const attachments = new AttachmentFiles(join(room, 'attachments'), MADE_UP_FILES);
  await attachments.open();
  const [keyring, { sandboxes }, functions, bwrap] = await Promise.all([
    openKeyring(process.env, data.path),
    loadSandboxes(folders),
    loadFunctions((process.env.VOORMAN_FUNCTIONS ?? '').split(delimiter).filter((file) => file !== '')),
    sandboxTool(() => undefined),
  ]);
  const sandbox = await Sandbox.open({ bwrap, sandboxes, hidden: [data.path], overheard: say });
  const mcp = new McpExecutor({
    secrets: keyring.secrets,
    place: (program, profile) => sandbox.place(program, profile),
    report,
  });
  const executor = new WorldExecutor({
    api: new ApiExecutor({ ...keyring, report }),
    process: new ProcessExecutor(attachments, say, sandbox),
    script: new ScriptExecutor(report),
    function: new FunctionExecutor(functions.handlers, report),
    sql: new SqlExecutor({ secrets: keyring.secrets, report }),
    mcp,
    mail: new MailExecutor({ secrets: keyring.secrets, report }),
  });
  return {
    executor,
    describe: (tool) => mcp.describe(tool, AbortSignal.timeout(DESCRIBE_MS)),
    async stop() {
      await executor.stop();
      await keyring.stop();
      await rm(room, { recursive: true, force: true });
    },
  };
}
