import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@voorman/envelope';
import { parse } from 'yaml';
import { z } from 'zod';
import { UnusableKeyError } from './errors.js';
import { keyidOf, publicKeyOf } from './keys.js';

/** What a signature may be for. */
export const Purpose = z.enum(['tools', 'policy']);
export type Purpose = z.infer<typeof Purpose>;

/** Somebody whose signature counts, as a file of the trust folder says it. */
export const TrustRoot = z.strictObject({
  name: z.string().min(1).max(128).describe('who signs with this key'),
  public_key: z.string().min(1).max(4_096).describe('Ed25519, in PEM'),
  valid_from: z.iso.datetime(),
  valid_until: z.iso.datetime(),
  purposes: z.array(Purpose).min(1).default(['tools', 'policy']),
  revoked: z.boolean().default(false).describe('nothing that this key signed counts any more, whenever it was signed'),
});
export type TrustRoot = z.infer<typeof TrustRoot>;

const Thresholds = z.strictObject({
  tools: z.int().min(1).max(16).default(1),
  policy: z.int().min(1).max(16).default(1),
});

/** Whom to trust, by key id, and how many of them have to sign. */
export interface Trust {
  readonly roots: ReadonlyMap<string, TrustRoot>;
  readonly thresholds: Readonly<Record<Purpose, number>>;
  /** Files that could not be used; the others count. A threshold that cannot be read trusts nobody. */
  readonly problems: readonly UnusableKeyError[];
}

/** The file of a trust folder that says how many have to sign: `tools: 2`. Of several folders the highest counts. */
export const THRESHOLDS_FILE = 'thresholds.yaml';

/**
 * Reads trust folders: one YAML or JSON file a root, and `thresholds.yaml`. A folder that is not there holds nobody. A key
 * that is revoked in one of them is revoked.
 */
export async function loadTrust(folders: readonly string[]): Promise<Trust> {
  const roots = new Map<string, TrustRoot>();
  const thresholds = { tools: 1, policy: 1 };
  const problems: UnusableKeyError[] = [];
  for (const file of (await Promise.all(folders.map(filesOf))).flat()) {
    try {
      const given: unknown = parse(await readFile(file, 'utf8'));
      if (file.endsWith(THRESHOLDS_FILE)) {
        const read = Thresholds.parse(given ?? {});
        thresholds.tools = Math.max(thresholds.tools, read.tools);
        thresholds.policy = Math.max(thresholds.policy, read.policy);
        continue;
      }
      const root = TrustRoot.parse(given);
      const keyid = keyidOf(publicKeyOf(root.public_key, file));
      const known = roots.get(keyid);
      roots.set(keyid, known === undefined ? root : { ...root, revoked: root.revoked || known.revoked });
    } catch (cause) {
      problems.push(
        cause instanceof UnusableKeyError ? cause : new UnusableKeyError(file, whyUnreadable(cause), { cause }),
      );
      // Not to know how many have to sign must not come to mean one.
      if (file.endsWith(THRESHOLDS_FILE)) thresholds.tools = thresholds.policy = Number.POSITIVE_INFINITY;
    }
  }
  return { roots, thresholds, problems };
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (fault) {
    if (hasCode(fault, 'ENOENT')) return [];
    throw fault;
  }
}

const whyUnreadable = (cause: unknown): string =>
  cause instanceof z.ZodError
    ? cause.issues.map((issue) => `${issue.path.join('.') || 'it'} ${issue.message}`).join('; ')
    : 'it is no YAML that can be read';
