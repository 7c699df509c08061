import { createHash } from 'node:crypto';
import { Token } from '@voorman/envelope';
import { canonicalBytes, DsseEnvelope } from '@voorman/signing';
import { z } from 'zod';
import { UnusableIndexError } from './errors.js';

/** One tool of a revision. What it says is a hint until its envelope has been verified. */
export const IndexedTool = z.strictObject({
  name: Token,
  version: z.string().min(1).max(64),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  envelope: DsseEnvelope,
});
export type IndexedTool = z.infer<typeof IndexedTool>;

/** What was published together: the tools that new sessions begin with. */
export const RegistryIndex = z
  .strictObject({
    format: z.literal(1),
    revision: z.string().regex(/^[0-9a-f]{16}$/),
    created_at: z.iso.datetime(),
    published_by: z.string().min(1).max(256),
    tools: z.array(IndexedTool).max(10_000),
  })
  .refine(({ tools }) => new Set(tools.map((tool) => tool.name)).size === tools.length, 'names a tool twice');
export type RegistryIndex = z.infer<typeof RegistryIndex>;

type Named = Pick<IndexedTool, 'name' | 'version' | 'digest'>;

/** What these tools are called together: equal tools, equal revision, whoever signed them when. 16 hexadecimal digits. */
export function revisionOfTools(tools: readonly Named[]): string {
  const named = tools
    .map(({ name, version, digest }) => ({ name, version, digest }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return createHash('sha256').update(canonicalBytes(named)).digest('hex').slice(0, 16);
}

/** @throws {UnusableIndexError} the bytes are no index, or one that goes by a wrong name. */
export function parseIndex(bytes: Uint8Array): RegistryIndex {
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new UnusableIndexError('its index is no JSON', { cause });
  }
  const parsed = RegistryIndex.safeParse(given);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new UnusableIndexError(`${first?.path.join('.') || 'its index'} ${first?.message ?? 'does not fit'}`);
  }
  if (revisionOfTools(parsed.data.tools) !== parsed.data.revision) {
    throw new UnusableIndexError('its index does not hold the tools of the revision that it states');
  }
  return parsed.data;
}
