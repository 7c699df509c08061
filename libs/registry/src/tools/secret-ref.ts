import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';

/** Where the gateway finds a secret. The value itself stands in no manifest, record or log. */
export const SecretRef = z.union(
  [
    manifestObject({
      env: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
        .describe('environment variable of the gateway'),
    }),
    manifestObject({
      file: z.string().min(1).max(4_096).describe('absolute path, or below the gateway’s secrets folder'),
    }),
    manifestObject({
      kubernetes: manifestObject({ secret: z.string().min(1).max(253), key: z.string().min(1).max(253) }).describe(
        'mounted below the gateway’s secrets folder as <secret>/<key>',
      ),
    }),
    manifestObject({
      vault: manifestObject({
        path: z.string().min(1).max(512).describe('of a KV version 2 store, such as secret/data/search'),
        field: z.string().min(1).max(128),
      }),
    }),
  ],
  { error: 'must be one of env, file, kubernetes or vault' },
);
export type SecretRef = z.infer<typeof SecretRef>;
