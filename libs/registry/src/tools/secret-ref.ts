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
      file: z
        .string()
        .min(1)
        .max(4_096)
        .refine((path) => !path.includes('\0') && !path.split('/').includes('..'), 'must not lead upwards')
        .describe('below a secrets folder of the gateway: absolute, or relative to the first'),
    }),
    manifestObject({
      kubernetes: manifestObject({
        secret: z
          .string()
          .max(253)
          .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be the name of a Kubernetes secret'),
        key: z
          .string()
          .max(253)
          .regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/, 'must be a key of a Kubernetes secret'),
      }).describe('mounted below the gateway’s secrets folder as <secret>/<key>'),
    }),
    manifestObject({
      vault: manifestObject({
        path: z
          .string()
          .max(512)
          // Of a KV store and nothing else: other paths of Vault issue tokens and certificates.
          .regex(
            /^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*\/data(\/[A-Za-z0-9_.-]+)+$/,
            'must be a path of a KV version 2 store, such as secret/data/search',
          )
          .describe('of a KV version 2 store, such as secret/data/search'),
        field: z.string().min(1).max(128),
      }),
    }),
  ],
  { error: 'must be one of env, file, kubernetes or vault' },
);
export type SecretRef = z.infer<typeof SecretRef>;

/** Whether a variable belongs to the gateway itself: where its own keys lie, and what opens Vault. No tool may read it. */
export const isOwnSetting = (env: string): boolean => /^(VOORMAN_|VAULT_|NODE_)/.test(env);
