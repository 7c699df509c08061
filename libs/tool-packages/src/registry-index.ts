import { Token } from '@voorman/envelope';
import { DsseEnvelope } from '@voorman/signing';
import { z } from 'zod';
import { Digest, sha256 } from './statement.js';

/** One tool of a revision: its package lies in the store under its digest. */
export const IndexedTool = z.strictObject({
  name: Token,
  version: z.string().max(64),
  digest: Digest,
  envelope: DsseEnvelope,
});
export type IndexedTool = z.infer<typeof IndexedTool>;

/** A revision of the registry: which version of which tool. Not signed itself; each of its tools is. */
export const RegistryIndex = z.strictObject({
  format: z.literal(1),
  revision: z.string().min(1).max(128).describe('names the content: equal tools, equal revision'),
  published_at: z.iso.datetime(),
  published_by: z.string().max(256),
  tools: z.array(IndexedTool).max(10_000),
});
export type RegistryIndex = z.infer<typeof RegistryIndex>;

/** The object that gateways follow. */
export const REGISTRY_INDEX = 'registry';

/** Each revision is kept under its own name too, for sessions that began with it. */
export const indexObject = (revision: string): string => `registry-${revision}`;

/** Where a package lies. */
export const packageObject = (digest: string): string => `tool-${digest.slice('sha256:'.length)}`;

/** The revision of a set of tools: 16 hexadecimal characters. */
export const revisionOf = (tools: readonly Pick<IndexedTool, 'name' | 'digest'>[]): string =>
  sha256(Buffer.from(JSON.stringify(tools.map(({ name, digest }) => [name, digest]).sort())))
    .slice('sha256:'.length)
    .slice(0, 16);

export const encodeIndex = (index: RegistryIndex): Uint8Array => new TextEncoder().encode(JSON.stringify(index));

/** @throws {Error} in words where the bytes are no index. */
export const decodeIndex = (bytes: Uint8Array): RegistryIndex =>
  RegistryIndex.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
