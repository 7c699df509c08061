import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { SecretRef } from './secret-ref.js';
import { sharedFields } from './shared-fields.js';

const endpoint = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .refine((given) => !hasCredentials(given), 'must not carry a password: credentials belong under secrets');

/** A value that may quote `{{ args.<field> }}` and, in headers only, `{{ secrets.<name> }}`. */
const Quoting = z.string().max(4_096);

/** An HTTP endpoint. */
export const ApiFields = manifestObject({
  ...sharedFields,
  type: z.literal('api'),
  endpoint,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  request: manifestObject({
    path: z
      .string()
      .max(2_000)
      .optional()
      .describe('added to the endpoint; {name} stands for the argument of that name'),
    query: z.record(z.string(), Quoting).optional(),
    headers: z.record(z.string(), Quoting).optional(),
    body: z
      .json()
      .optional()
      .describe('JSON in which strings may quote; default: all arguments that are used nowhere else'),
  })
    .optional()
    .describe('how arguments travel; default: as query for GET and HEAD, else as JSON body'),
  secrets: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/), SecretRef).default({}),
  hosts: z
    .array(z.string().max(253))
    .max(100)
    .default([])
    .describe('hosts besides the endpoint’s that a redirect may lead to'),
  private_addresses: z
    .array(z.string().max(64))
    .max(100)
    .default([])
    .describe('private addresses or networks (CIDR) that the host may resolve to'),
  idempotency_header: z.string().max(128).optional().describe('default Idempotency-Key'),
  max_response_bytes: z
    .int()
    .min(1)
    .max(100 * 2 ** 20)
    .default(10 * 2 ** 20)
    .describe('after decompression'),
  tls: manifestObject({
    client_certificate: z.boolean().default(false).describe('show one that names agent and tool, issued for minutes'),
    ca: SecretRef.optional().describe('certificate authority of the server, in PEM'),
  }).prefault({}),
});

function hasCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}
