import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { SecretRef } from './secret-ref.js';
import { sharedFields } from './shared-fields.js';

/** Mail over SMTP. Its arguments: to, cc?, subject, text, html?. */
export const MailFields = manifestObject({
  ...sharedFields,
  type: z.literal('mail'),
  smtp: manifestObject({
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).default(587),
    security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
    user: SecretRef.optional(),
    password: SecretRef.optional(),
    ca: SecretRef.optional(),
  }),
  from: z.string().min(3).max(320),
  mode: z.enum(['draft', 'send']).default('draft').describe('draft: a person sends it'),
  recipients: z
    .array(z.string().max(320))
    .max(1_000)
    .optional()
    .describe('addresses or domains (@corp.example) it may go to'),
});
