/** `node scripts/tools/src/main.ts [--print NAME]`: sees to it that every tool is there, or prints where one is. */
import { ToolError, ToolUnavailableError } from './errors.ts';
import { type LocatedTool, locateTool } from './locate.ts';
import { TOOL_NAMES, TOOLS, type ToolName } from './pins.ts';

const USAGE = `Usage: main.ts [--print ${TOOL_NAMES.join('|')}]`;

function wanted(args: readonly string[]): { names: readonly ToolName[]; print: boolean } | undefined {
  if (args.length === 0) return { names: TOOL_NAMES, print: false };
  const name = TOOL_NAMES.find((known) => known === args[1]);
  return args[0] === '--print' && args.length === 2 && name !== undefined ? { names: [name], print: true } : undefined;
}

async function main(): Promise<number> {
  const request = wanted(process.argv.slice(2));
  if (request === undefined) {
    console.error(USAGE);
    return 64;
  }
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => ending.abort(new Error(signal)));
  }
  try {
    for (const name of request.names) {
      const tool = await located(name, !request.print, ending.signal);
      if (request.print) console.log(tool?.path);
    }
    return 0;
  } catch (fault) {
    if (ending.signal.aborted) return 130;
    if (!(fault instanceof ToolError)) throw fault;
    console.error(sentenceOf(fault));
    return fault.exitCode;
  }
}

/** The tool; undefined, and a line that says so, where it is missing and one can do without it. */
async function located(name: ToolName, mayLack: boolean, signal: AbortSignal): Promise<LocatedTool | undefined> {
  const lost = TOOLS[name].optional;
  try {
    return await locateTool(name, { signal });
  } catch (fault) {
    if (!mayLack || lost === undefined || !(fault instanceof ToolUnavailableError)) throw fault;
    console.error(`${sentenceOf(fault)} ${lost}`);
    return undefined;
  }
}

const sentenceOf = (fault: ToolError): string =>
  `${fault.message.replace(/\.$/, '')}: ${fault.next.charAt(0).toLowerCase()}${fault.next.slice(1)}`;

process.exitCode = await main();
