import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { sharedFields } from './shared-fields.js';

/** JavaScript in an interpreter of its own, without any access to the host. */
export const ScriptFields = manifestObject({
  ...sharedFields,
  type: z.literal('script'),
  source: z.string().min(1).max(65_536).optional().describe('the code; it sees `args` and ends with the output object'),
  source_file: z
    .string()
    .max(255)
    .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\\]+$/, 'must be a path within the manifest’s folder')
    .optional()
    .describe('a file in the manifest’s folder that holds the code'),
  code_argument: z
    .string()
    .max(64)
    .optional()
    .describe('the argument that holds the code, where the bot writes it; it sees the other arguments as `args`'),
  memory_mb: z.int().min(1).max(512).default(32),
}).superRefine((tool, context) => {
  const given = [tool.source, tool.source_file, tool.code_argument].filter((way) => way !== undefined).length;
  if (given === 1) return;
  const path = given === 0 ? [] : [tool.source === undefined ? 'source_file' : 'source'];
  context.addIssue({
    code: 'custom',
    path,
    message: 'a script says exactly one of source, source_file and code_argument',
  });
});
