import type { Fault } from '@voorman/envelope';

// Why a tool of an MCP server gave nothing, in words that may leave the process: no word of the server's description.

export const notApproved = (tool: string): Fault => ({
  code: 'mcp/not-approved',
  message: `${tool} is not called: nobody has approved what its server says of it.`,
  next: 'Whoever owns the tool may run `voorman tools check`, read the description, and put its digest into the manifest.',
});

/** @param parts which of them changed; none where only the digests can be compared. */
export const descriptionChanged = (tool: string, parts: readonly string[], digest: string): Fault => ({
  code: 'mcp/description-changed',
  message:
    `${tool} is not called: its server describes it otherwise than it was approved ` +
    `(${parts.length === 0 ? '' : `changed: ${parts.join(', ')}; `}now ${digest}).`,
  next: 'Whoever owns the tool may look at the change with `voorman tools check` and approve it by the new digest.',
});

export const toolMissing = (tool: string): Fault => ({
  code: 'mcp/tool-missing',
  message: `The server of ${tool} has no such tool any more.`,
  next: 'Finish without this tool; whoever owns it may look at what the server offers.',
});

export const notSpoken = (tool: string): Fault => ({
  code: 'mcp/not-understood',
  message: `The server of ${tool} does not speak the protocol as it should.`,
  next: 'Finish without this tool; the log of the tool-gateway says what came back.',
});
