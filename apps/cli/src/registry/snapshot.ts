import { MANIFEST_FILE, type RegistryStore, ToolStatement, unpack } from '@voorman/distribution';
import { loadRegistries, parseManifest, ToolManifest } from '@voorman/registry';
import { BadFileError } from '../errors.js';
import { prepareTools } from './local-registry.js';

/** One tool of a snapshot: what its manifest says, and the digest of each file. */
export interface ToolThen {
  readonly manifest: ToolManifest;
  readonly files: ReadonlyMap<string, string>;
}

/** The tools of a registry at some time, by name. */
export interface Snapshot {
  /** How people call it: a revision, a commit, the folder. */
  readonly label: string;
  readonly tools: ReadonlyMap<string, ToolThen>;
  /** What cannot be read and so cannot be compared; one sentence each. */
  readonly problems: readonly string[];
}

/** The tools of registry folders as they are. */
export async function snapshotOfFolders(label: string, folders: readonly string[]): Promise<Snapshot> {
  const registry = await loadRegistries(folders);
  const { tools, problems } = await prepareTools(registry.tools);
  return {
    label,
    tools: new Map(
      tools.map(({ tool, statement }): [string, ToolThen] => [
        tool.name,
        { manifest: tool, files: filesIn(statement) },
      ]),
    ),
    problems: [
      ...registry.problems
        .filter((problem) => problem.code !== 'registry/unknown-tool')
        .map(({ file, message }) => `${file}: ${message}`),
      ...problems,
    ],
  };
}

/**
 * The tools of a published revision, by what was signed of them; signatures are not judged here.
 * @throws {BadFileError} it was never published, or is not kept any more.
 */
export async function snapshotOfRevision(store: RegistryStore, revision: string): Promise<Snapshot> {
  const index = await store.at(revision);
  if (index === undefined) {
    const known = (await store.revisions()).slice(0, 10).join(', ') || 'none';
    throw new BadFileError(`There is no published revision ${revision}.`, `The last ones are: ${known}.`);
  }
  const tools = new Map<string, ToolThen>();
  const problems: string[] = [];
  for (const { name, digest, envelope } of index.tools) {
    const bytes = await store.packageOf(digest);
    const statement = ToolStatement.safeParse(JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')));
    if (bytes === undefined || !statement.success) {
      problems.push(`The package of ${name} in ${revision} is not there any more.`);
      continue;
    }
    const text = unpack(name, bytes).find((file) => file.path === MANIFEST_FILE)?.content ?? new Uint8Array();
    const manifest = parseManifest(`${name}/${MANIFEST_FILE}`, Buffer.from(text).toString('utf8'), ToolManifest);
    tools.set(name, { manifest, files: filesIn(statement.data) });
  }
  return { label: `revision ${revision}`, tools, problems };
}

const filesIn = ({ files }: ToolStatement): ReadonlyMap<string, string> =>
  new Map(files.map(({ path, digest, executable }) => [path, `${digest}${executable ? ' executable' : ''}`]));
