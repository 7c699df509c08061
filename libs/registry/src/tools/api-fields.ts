import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { PrivateAddress } from './private-address.js';
import { SecretRef } from './secret-ref.js';
import { sharedFields } from './shared-fields.js';

const endpoint = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .refine((given) => !hasCredentials(given), 'must not carry a password: credentials belong under secrets');

/** A value that may quote `{{ args.<field> }}` and, in headers only, `{{ secrets.<name> }}`. */
const Quoting = z.string().max(4_096);

/** A host as an address names it; without a port that of the scheme, or the endpoint’s own. */
const Host = z
  .string()
  .max(259)
  .regex(
    /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/,
    'must be a host such as api.example or api.example:8443',
  );

/** Every field of the manifest of an HTTP endpoint. What they say about each other is not looked at here. */
export const WrittenFields = manifestObject({
  ...sharedFields,
  type: z.literal('api'),
  endpoint,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  request: manifestObject({
    path: z
      .string()
      .max(2_000)
      .regex(/^\/[^?#\\\s]*$/, 'must begin with / and have no ?, # or space; what follows a ? belongs under query')
      .optional()
      .describe('added to the endpoint’s path; {name} stands for the argument of that name'),
    query: z
      .record(z.string(), Quoting)
      .optional()
      .describe('default for GET and HEAD: all arguments that are used nowhere else'),
    headers: z.record(z.string(), Quoting).optional(),
    body: z
      .json()
      .optional()
      .describe(
        'JSON in which strings may quote; a string that is nothing but a quote keeps the argument’s type. Default: all arguments that are used nowhere else',
      ),
  })
    .optional()
    .describe('how arguments travel; default: as query for GET and HEAD, else as JSON body'),
  secrets: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/), SecretRef)
    .default({})
    .describe('what headers may quote as {{ secrets.<name> }}'),
  hosts: z.array(Host).max(100).default([]).describe('hosts besides the endpoint’s that a redirect may lead to'),
  private_addresses: z
    .array(PrivateAddress)
    .max(100)
    .default([])
    .describe('private addresses or networks (CIDR) that the hosts may lead to'),
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

/** What is written in the manifest of an HTTP endpoint, each field by itself. */
export type WrittenApi = z.infer<typeof WrittenFields>;

function hasCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}
