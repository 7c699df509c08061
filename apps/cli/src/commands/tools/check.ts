import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LoadedTool } from '@voorman/registry';
import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { checkDescriptions } from '../../registry/check-descriptions.js';
import { checkTools } from '../../registry/check-tools.js';
import { openExecutors } from '../../registry/local-executors.js';
import { chosenTools, type ToolFolders, toolFolders } from '../../registry/tool-folders.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples } from '../context.js';

interface CheckOptions extends CommonOptions {
  readonly registry?: readonly string[];
  readonly against: string;
}

/** `voorman tools check`: everything that can be known of tools before they are signed. */
export const check = (act: Act): Command =>
  examples(
    command('check', 'check manifests, names, versions, what they refer to, and policy; exit code 1 where one is wrong')
      .argument('[what]', 'a registry folder, a tool’s folder, or the name of a tool (default: all)')
      .option('--registry <dir>', 'registry folder; may be repeated (default: that of the stack)', each)
      .option(
        '--against <commit>',
        'the commit that versions are compared with; forty zeros, as on a new branch, for none',
        'HEAD',
      )
      .action((what: string | undefined, options: CheckOptions) => act(() => show(contextOf(options), what, options))),
    './voorman tools check',
    './voorman tools check deploy/registry --against origin/main --json',
    './voorman tools check search_web',
  );

async function show(context: Context, what: string | undefined, options: CheckOptions): Promise<number> {
  const { terminal } = context;
  const { folders, registry, tools, withProblems } = await chosen(context, what, options);
  const findings = [
    ...(await checkTools({ folders, registry, tools, against: options.against, withProblems })),
    ...(await checkDescriptions(tools, () =>
      openExecutors(
        context.data,
        folders,
        (tool, said) => terminal.note(`${tool}: ${said}`),
        // What keeps a server from answering is a finding.
        () => undefined,
      ),
    )),
  ];
  const errors = findings.filter((finding) => finding.level === 'error');
  const warnings = findings.filter((finding) => finding.level === 'warning');
  terminal.document({
    ok: errors.length === 0,
    tools: tools.map(({ name, version }) => ({ name, version })),
    findings,
  });
  for (const { level, tool, check: about, message } of findings)
    terminal.line(`${level.padEnd(7)}  ${tool}  ${about}: ${message}`);
  terminal.line(
    `${counted(tools.length, 'tool')} checked: ${counted(errors.length, 'error')}, ${counted(warnings.length, 'warning')}.`,
  );
  return errors.length === 0 ? EXIT.ok : EXIT.fault;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

type Chosen = ToolFolders & { readonly tools: readonly LoadedTool[]; readonly withProblems: boolean };

/** @throws {NameError} @throws {BadFileError} */
async function chosen({ data }: Context, what: string | undefined, options: CheckOptions): Promise<Chosen> {
  const all = (found: ToolFolders): Chosen => ({ ...found, tools: found.registry.tools, withProblems: true });
  if (what === undefined) return all(await toolFolders(data, options.registry));
  if (await isFolder(join(what, 'tools'))) return all(await toolFolders(data, [what]));
  const isToolFolder = await stat(join(what, 'tool.yaml')).then(
    () => true,
    () => false,
  );
  if (!isToolFolder) {
    const found = await toolFolders(data, options.registry);
    return { ...found, tools: chosenTools(found.registry, [what]), withProblems: false };
  }
  const folder = resolve(what);
  const found = await toolFolders(data, options.registry ?? [resolve(folder, '..', '..')]);
  const problems = found.registry.problems.filter(({ file }) => resolve(file) === join(folder, 'tool.yaml'));
  const tools = found.registry.tools.filter((tool) => resolve(tool.folder) === folder);
  return { ...found, registry: { ...found.registry, problems }, tools, withProblems: true };
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
