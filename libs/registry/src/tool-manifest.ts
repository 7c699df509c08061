import type { Effect } from '@voorman/envelope';
import { z } from 'zod';
import { ApiFields } from './tools/api-tool.js';
import { FunctionFields } from './tools/function-tool.js';
import { MailFields } from './tools/mail-tool.js';
import { McpFields } from './tools/mcp-tool.js';
import { ProcessFields } from './tools/process-tool.js';
import { ScriptFields } from './tools/script-tool.js';
import { SqlFields } from './tools/sql-tool.js';

/** What stands in the file, before what it leaves out is filled in. */
export const WrittenTool = z.discriminatedUnion(
  'type',
  [ApiFields, ProcessFields, ScriptFields, SqlFields, McpFields, MailFields, FunctionFields],
  { error: 'type must be api, process, script, sql, mcp, mail or function' },
);
export type WrittenTool = z.infer<typeof WrittenTool>;

/** A tool as its YAML declares it: what it is, what it takes and gives, and what a call may cost. */
export const ToolManifest = WrittenTool.transform((written, context) => {
  const effect = written.effect ?? effectOf(written);
  const maxAttempts = written.retry.max_attempts ?? (effect === 'once' ? 1 : 3);
  if (effect === 'once' && maxAttempts > 1) {
    context.addIssue({
      code: 'custom',
      path: ['retry', 'max_attempts'],
      message: 'must be 1 for effect once; a tool that may be repeated says effect: repeatable',
    });
  }
  return { ...written, effect, retry: { ...written.retry, max_attempts: maxAttempts } };
});
export type ToolManifest = z.infer<typeof ToolManifest>;
export type ToolType = ToolManifest['type'];
export type ToolOf<T extends ToolType> = Extract<ToolManifest, { type: T }>;

/**
 * What a repetition does, where the manifest does not say: whoever asks for several attempts says that they are
 * harmless; else only what reads by its nature may be repeated.
 */
function effectOf(written: WrittenTool): Effect {
  if (written.type === 'script') return 'read';
  if (written.type === 'sql' && written.access === 'read') return 'read';
  if (written.type === 'api' && (written.method === 'GET' || written.method === 'HEAD')) return 'read';
  return (written.retry.max_attempts ?? 1) > 1 ? 'repeatable' : 'once';
}
