import { z } from 'zod';

/** A record that a service could not handle, set aside where people can see it. */
export const RecordQuarantined = z.object({
  position: z.int().min(0),
  subject: z.string().max(512),
  consumer: z.string().max(64),
  deliveries: z.int().min(0),
  reason: z.string().max(2_000),
});

export const BundlePublished = z.object({
  revision: z.string().max(128),
  digest: z.string().max(128),
  entrypoints: z.array(z.string().max(256)).max(50),
});

/** A revision of the tool registry is what new sessions begin with. */
export const RegistryPublished = z.object({
  revision: z.string().max(128),
  digest: z.string().max(128),
  tools: z
    .array(z.object({ name: z.string().max(128), version: z.string().max(64), digest: z.string().max(128) }))
    .max(10_000),
  published_by: z.string().max(256),
});
