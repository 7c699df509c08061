import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { PrivateAddress } from './private-address.js';
import { SecretRef } from './secret-ref.js';
import { sharedFields } from './shared-fields.js';

/** One tool of an MCP server. */
export const McpFields = manifestObject({
  ...sharedFields,
  type: z.literal('mcp'),
  server: z.union(
    [
      manifestObject({
        command: z.array(z.string().min(1).max(4_096)).min(1).max(100).describe('program of a stdio server'),
        env: z.array(z.string().max(128)).max(100).default([]),
      }),
      manifestObject({
        url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
        headers: z.record(z.string(), SecretRef).default({}),
        private_addresses: z
          .array(PrivateAddress)
          .max(100)
          .default([])
          .describe('private addresses or networks (CIDR) that its host may lead to'),
      }),
    ],
    { error: 'must have a command or a url' },
  ),
  tool: z.string().min(1).max(128).describe('its name at the server'),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe('of the description that was approved; without it no call goes out'),
});
