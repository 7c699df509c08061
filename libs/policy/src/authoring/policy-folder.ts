import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { JsonObject } from '@voorman/envelope';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Entrypoint, RulePath, Scope } from '../entrypoint.js';
import { type DataFile, mergeData } from './data-documents.js';
import { PolicyRejectedError, PolicyUnreadableError } from './errors.js';
import type { PolicyFile } from './sources.js';

/** The file of a policy folder that names the rules that answer. */
const ENTRYPOINTS = 'entrypoints.yaml';

const EntrypointsFile = z.strictObject({
  entrypoints: z
    .array(z.union([RulePath.transform((rule) => ({ rule })), Scope.extend({ rule: RulePath })]))
    .min(1)
    .max(50),
  permissions: RulePath.optional(),
});

/** What one policy folder says, without the registry. */
export interface PolicyFolder {
  readonly files: readonly PolicyFile[];
  readonly data: JsonObject;
  readonly entrypoints: readonly Entrypoint[];
  readonly permissions?: string;
}

/** Policy folders are shallow; a link that leads back into itself ends here. */
const MAX_DEPTH = 16;

/**
 * Reads the Rego files, the data documents and `entrypoints.yaml` of a folder, at any depth.
 * @throws {PolicyUnreadableError} the folder or a file is missing or closed to this user, or there is no Rego at all.
 * @throws {PolicyRejectedError} `entrypoints.yaml` or a data document cannot be used.
 */
export async function readPolicyFolder(folder: string): Promise<PolicyFolder> {
  const found = await filesIn(folder, folder, 0);
  const files = found.filter((file) => file.path.endsWith('.rego'));
  if (files.length === 0) throw new PolicyUnreadableError(`there is no .rego file in ${folder}`);
  const named = found.find((file) => file.path === ENTRYPOINTS);
  if (named === undefined) throw new PolicyUnreadableError(`there is no ${ENTRYPOINTS} in ${folder}`);
  const documents = found.filter((file) => !file.path.endsWith('.rego') && file !== named);
  return { files, data: mergeData(documents), ...entrypointsIn(named.text) };
}

function entrypointsIn(text: string): Pick<PolicyFolder, 'entrypoints' | 'permissions'> {
  const document = parseDocument(text, { uniqueKeys: true, merge: false, prettyErrors: false });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) throw new PolicyRejectedError([`${ENTRYPOINTS}: ${fault.message.split('\n')[0]}.`]);
  const parsed = EntrypointsFile.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PolicyRejectedError([
      `${ENTRYPOINTS}: ${issue?.path.join('.') || 'the file'} does not fit: name each rule as package/rule, or as {rule, actions, tools}.`,
    ]);
  }
  const { entrypoints, permissions } = parsed.data;
  const names = entrypoints.map((each) => each.rule);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new PolicyRejectedError([`${ENTRYPOINTS}: ${twice} is named twice.`]);
  return { entrypoints: entrypoints.map(withoutHoles), ...(permissions === undefined ? {} : { permissions }) };
}

const withoutHoles = ({ rule, actions, tools }: { rule: string } & Scope): Entrypoint => ({
  rule,
  ...(actions === undefined ? {} : { actions }),
  ...(tools === undefined ? {} : { tools }),
});

async function filesIn(root: string, folder: string, depth: number): Promise<DataFile[]> {
  if (depth > MAX_DEPTH) throw new PolicyUnreadableError(`${folder} lies too deep`);
  const files: DataFile[] = [];
  for (const entry of await entriesOf(folder)) {
    // A mounted configuration keeps its versions in hidden folders and links to the current one.
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (await isFolder(path)) files.push(...(await filesIn(root, path, depth + 1)));
    else if (/\.(rego|json|ya?ml)$/.test(entry.name)) {
      files.push({ path: relative(root, path).replaceAll('\\', '/'), text: await textOf(path) });
    }
  }
  return files;
}

const entriesOf = (folder: string): Promise<Dirent[]> =>
  orUnreadable(folder, async () =>
    (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  );

const isFolder = (path: string): Promise<boolean> => orUnreadable(path, async () => (await stat(path)).isDirectory());

const textOf = (path: string): Promise<string> =>
  orUnreadable(path, async () => new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));

async function orUnreadable<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new PolicyUnreadableError(`${path} (${code})`, { cause });
  }
}
