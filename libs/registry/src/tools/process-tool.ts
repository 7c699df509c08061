import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { sharedFields } from './shared-fields.js';

/** A program. */
export const ProcessFields = manifestObject({
  ...sharedFields,
  type: z.literal('process'),
  command: z
    .array(z.string().min(1).max(4_096))
    .min(1)
    .max(100)
    .describe('program and arguments; run in the manifest’s folder, without a shell'),
  mode: z
    .enum(['per-call', 'resident'])
    .default('per-call')
    .describe('resident: one long-lived program, one JSON document per line each way'),
  env: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
        .refine((name) => !name.startsWith('VOORMAN_'), 'must not be a setting of the gateway itself'),
    )
    .max(100)
    .default([])
    .describe('names of the environment variables that the program may see'),
});
