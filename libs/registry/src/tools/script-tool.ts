import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { sharedFields } from './shared-fields.js';

/** JavaScript in an interpreter of its own, without any access to the host. */
export const ScriptFields = manifestObject({
  ...sharedFields,
  type: z.literal('script'),
  source: z.string().max(65_536).optional().describe('the code; it sees `args` and ends with the output object'),
  file: z.string().max(255).optional().describe('a file in the manifest’s folder that holds the code'),
  code_argument: z
    .string()
    .max(64)
    .optional()
    .describe('the argument that holds the code, where the bot writes it; it sees the other arguments as `args`'),
  memory_mb: z.int().min(1).max(512).default(32),
});
