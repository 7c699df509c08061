import { locateTool, ToolUnavailableError } from '@voorman/tools';

/** Bubblewrap; undefined where there is none: programs are then refused in words, and everything else runs. */
export async function sandboxTool(say: (line: string) => void): Promise<string | undefined> {
  try {
    return (await locateTool('bwrap', { report: say })).path;
  } catch (fault) {
    if (!(fault instanceof ToolUnavailableError)) throw fault;
    say(`Tools of type process will be refused. ${fault.message} ${fault.next}`);
    return undefined;
  }
}
