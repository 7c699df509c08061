import { z } from 'zod';

/** Larger payloads go to the writer's own bucket of the object store. Bytes of the payload's JSON. */
export const MAX_INLINE_BYTES = 64 * 1024;

/** Where content lies that is too large for a record; readers check the digest. */
export const PayloadRef = z
  .object({
    ref: z
      .string()
      .regex(/^payloads_[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9_.-]{1,128}$/)
      .describe('<bucket>/<object name>'),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    bytes: z.int().min(0),
    media_type: z.string().max(128),
  })
  .meta({ id: 'PayloadRef' });
export type PayloadRef = z.infer<typeof PayloadRef>;

/** A file that a task brings along; every bot of the session reads it by this reference. */
export const Attachment = PayloadRef.extend({
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^/\\\p{Cc}]+$/u, 'must be a plain file name')
    .describe('the name that evidence cites; no folders'),
}).meta({ id: 'Attachment' });
export type Attachment = z.infer<typeof Attachment>;
