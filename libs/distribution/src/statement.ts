import { createHash } from 'node:crypto';
import { Token } from '@voorman/envelope';
import { canonicalBytes } from '@voorman/signing';
import { z } from 'zod';

/** What a signature under a tool is for, so that it can be taken for nothing else. */
export const TOOL_STATEMENT_TYPE = 'application/vnd.voorman.tool+json';

/** Files of one package. */
export const MAX_FILES = 2_000;
/** Content of one package, unpacked. Bytes. */
export const MAX_PACKAGE_BYTES = 32 * 2 ** 20;

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits');

/**
 * A path inside a package: names with slashes between, none of which leads up, is hidden behind another separator, or
 * means something to a file system that is not ours.
 */
export const PackagePath = z
  .string()
  .max(255)
  .refine((path) => path.split('/').every(isPlainName), 'must lead to a file below the folder');

const isPlainName = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  name !== '' && name !== '.' && name !== '..' && !/[\\:*?"<>|\u0000-\u001f\u007f]|[. ]$/.test(name);

const FileEntry = z.strictObject({
  path: PackagePath,
  digest: Digest,
  bytes: z.int().min(0).max(MAX_PACKAGE_BYTES),
  executable: z.boolean(),
});

/** What is signed of a tool: its name, its version, and every byte that it consists of. */
export const ToolStatement = z
  .strictObject({
    name: Token,
    version: z.string().min(1).max(64),
    files: z.array(FileEntry).min(1).max(MAX_FILES).describe('by path, in the order of its characters'),
  })
  .superRefine(({ files }, context) => {
    for (const problem of pathProblems(files.map((file) => file.path))) {
      context.addIssue({ code: 'custom', path: ['files'], message: problem });
    }
  });
export type ToolStatement = z.infer<typeof ToolStatement>;

/** What identifies a version of a tool: equal content, equal digest. `sha256:<hex>` */
export const digestOfStatement = (statement: ToolStatement): string => digestOfBytes(canonicalBytes(statement));

/** `sha256:<hex>` of bytes as they are. */
export const digestOfBytes = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Paths that could not lie side by side on every disk: twice the same but for case, or one below another. */
export function pathProblems(paths: readonly string[]): string[] {
  const seen = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.normalize('NFC').toLowerCase().split('/');
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return paths.flatMap((path) => {
    const folded = path.normalize('NFC').toLowerCase();
    const problems = [
      ...(seen.has(folded) ? [`${path} stands twice`] : []),
      ...(folders.has(folded) ? [`${path} is a file and a folder`] : []),
    ];
    seen.add(folded);
    return problems;
  });
}
