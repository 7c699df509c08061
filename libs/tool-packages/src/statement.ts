import { createHash } from 'node:crypto';
import { Token } from '@voorman/envelope';
import { canonicalBytes } from '@voorman/signing';
import { z } from 'zod';
import { isPlainPath, LIMITS, type ToolFile } from './tool-folder.js';

/** The type of what is signed for a tool. */
export const TOOL_STATEMENT = 'application/vnd.voorman.tool.v1+json';

export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** What a signature for a tool vouches for: exactly these files under this name and version. */
export const ToolStatement = z.strictObject({
  name: Token,
  version: z.string().min(1).max(64),
  files: z
    .array(
      z.strictObject({
        path: z.string().refine(isPlainPath, 'must be a plain path inside of the tool’s folder'),
        bytes: z.int().min(0).max(LIMITS.bytes),
        digest: Digest,
        executable: z.boolean(),
      }),
    )
    .min(1)
    .max(LIMITS.files),
  expires_at: z.iso.datetime().optional().describe('the signature counts until then'),
});
export type ToolStatement = z.infer<typeof ToolStatement>;

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The statement about a tool's files. */
export const statementOf = (
  tool: { readonly name: string; readonly version: string },
  files: readonly ToolFile[],
  expiresAt?: string,
): ToolStatement => ({
  name: tool.name,
  version: tool.version,
  files: files.map(({ path, content, executable }) => ({
    path,
    bytes: content.length,
    digest: sha256(content),
    executable,
  })),
  ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
});

/** Names what is in a package, whoever signed it and for how long. */
export const digestOf = ({ name, version, files }: ToolStatement): string =>
  sha256(canonicalBytes({ name, version, files }));
