import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '@voorman/envelope';
import type { Executed } from '../executor.js';
import { failed } from '../tool-answer.js';
import { inItsWords } from '../tool-faults.js';

/** What a server answered: structured content as it is; else the texts, one below the other, and whatever is no text beside them. */
export function answerOf(result: CallToolResult): Executed {
  const texts = result.content.flatMap((item) => (item.type === 'text' ? [item.text] : []));
  const text = texts.join('\n');
  if (result.isError === true) return failed(inItsWords('tool/failed', text), 0, false);
  const others = result.content.filter((item) => item.type !== 'text');
  const output = result.structuredContent ?? { text, ...(others.length === 0 ? {} : { content: others }) };
  return { kind: 'output', output: output as JsonObject, durationMs: 0, retryable: false };
}
