import { RegistryStore } from '@voorman/distribution';
import type { Command } from 'commander';
import { withClient } from '../../client/connection.js';
import { EXIT } from '../../errors.js';
import { differenceLines, differences } from '../../registry/difference.js';
import { folderAt } from '../../registry/git-history.js';
import { type Snapshot, snapshotOfFolders, snapshotOfRevision } from '../../registry/snapshot.js';
import { toolFolders } from '../../registry/tool-folders.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples } from '../context.js';

interface DiffOptions extends CommonOptions {
  readonly registry?: readonly string[];
}

const REVISION = /^[0-9a-f]{16}$/;

/** `voorman tools diff`: what is different, in plain words. */
export const diff = (act: Act): Command =>
  examples(
    command('diff', 'say what is different between two published revisions or commits, and what of it breaks users')
      .argument('[from]', 'a published revision, or a commit (default: HEAD)')
      .argument('[to]', 'the same (default: the registry folders as they are)')
      .option('--registry <dir>', 'registry folder; may be repeated (default: that of the stack)', each)
      .action((from: string | undefined, to: string | undefined, options: DiffOptions) =>
        act(() => compare(contextOf(options), from ?? 'HEAD', to, options)),
      ),
    './voorman tools diff',
    './voorman tools diff v1.4.0 HEAD',
    './voorman tools diff d69ca390cf5a62d1 --json',
  );

async function compare(context: Context, from: string, to: string | undefined, options: DiffOptions): Promise<number> {
  const { terminal } = context;
  const { folders } = await toolFolders(context.data, options.registry);
  const before = await snapshot(context, from, folders);
  const after =
    to === undefined ? await snapshotOfFolders('the folders', folders) : await snapshot(context, to, folders);
  const found = differences(before, after);
  const problems = [...before.problems, ...after.problems];
  terminal.document({ from: before.label, to: after.label, tools: found, problems });
  for (const line of found.flatMap(differenceLines)) terminal.line(line);
  if (found.length === 0) terminal.line(`Nothing is different between ${before.label} and ${after.label}.`);
  for (const problem of problems) terminal.note(`Not compared: ${problem}`);
  return EXIT.ok;
}

async function snapshot({ data }: Context, name: string, folders: readonly string[]): Promise<Snapshot> {
  if (REVISION.test(name)) {
    return await withClient(data, (client) => snapshotOfRevision(new RegistryStore(client.bus.bundles), name));
  }
  await using stack = new AsyncDisposableStack();
  const then: string[] = [];
  for (const folder of folders) then.push(stack.use(await folderAt(folder, name)).path);
  return await snapshotOfFolders(`commit ${name}`, then);
}
