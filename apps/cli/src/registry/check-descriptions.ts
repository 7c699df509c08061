import type { McpManifest } from '@voorman/executors';
import type { LoadedTool } from '@voorman/registry';
import type { LocalExecutors } from './local-executors.js';
import { type Finding, findingsOf } from './tool-finding.js';

/** More than anybody reads before approving it. Characters. */
const MAX_SHOWN = 8_000;

/**
 * What MCP servers say of their tools now, against what was approved: the words for a person to read, and the digest that
 * approves exactly these.
 * @param open called only where there is such a tool, since it starts servers that are programs.
 */
export async function checkDescriptions(
  tools: readonly LoadedTool[],
  open: () => Promise<Pick<LocalExecutors, 'describe' | 'stop'>>,
): Promise<readonly Finding[]> {
  const asked = tools.filter((tool): tool is McpManifest => tool.type === 'mcp');
  if (asked.length === 0) return [];
  const executors = await open();
  try {
    const found: Finding[] = [];
    for (const tool of asked) found.push(await findingOn(tool, executors));
    return found;
  } finally {
    await executors.stop();
  }
}

async function findingOn(tool: McpManifest, executors: Pick<LocalExecutors, 'describe'>): Promise<Finding> {
  const say = findingsOf(tool.name, 'description');
  const now = await executors.describe(tool).catch((fault: unknown) => ({ fault }));
  if (now === undefined) return say.error(`Its server has no tool ${tool.tool}.`);
  // Whatever kept the server from answering is told: a check without its network still checks the rest.
  if ('fault' in now) return say.warning(`Its server cannot be asked: ${sentenceOf(now.fault)}`);
  if (now.digest === tool.digest) return say.note('Its server describes it as it was approved.');
  const how = tool.digest === undefined ? 'Nobody has approved' : 'It was approved otherwise than';
  // As JSON: words from outside must not steer the terminal.
  const words = JSON.stringify(now.description).slice(0, MAX_SHOWN);
  const finding = `${how} what its server says: ${words} To approve exactly this: digest: ${now.digest}`;
  return tool.digest === undefined ? say.warning(finding) : say.error(finding);
}

/** With its cause: that a fetch failed helps nobody who does not learn what it met. */
function sentenceOf(fault: unknown): string {
  const said = fault instanceof Error ? fault.message : String(fault);
  const cause = fault instanceof Error && fault.cause instanceof Error ? ` (${fault.cause.message})` : '';
  return `${said}${cause}`.slice(0, 500);
}
