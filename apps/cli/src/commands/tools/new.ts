import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { systemCode } from '@voorman/files';
import type { ToolType } from '@voorman/registry';
import { type Command, Option } from 'commander';
import { BadFileError, EXIT } from '../../errors.js';
import { TOOL_TYPES, toolTemplate } from '../../registry/tool-template.js';
import { ROOT } from '../../stack/data-folder.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from '../context.js';

interface NewOptions extends CommonOptions {
  readonly type: ToolType;
  readonly registry: string;
}

/** `voorman tools new`: a manifest with comments, and a program where its type has one. */
export const newTool = (act: Act): Command =>
  examples(
    command('new', 'begin a tool: a manifest with comments, and a program where its type has one')
      .argument('<name>', 'name of the tool', token)
      .addOption(new Option('--type <type>', 'type of the tool').choices(TOOL_TYPES).makeOptionMandatory())
      .option('--registry <dir>', 'registry folder that it is added to', join('deploy', 'registry'))
      .action((name: string, options: NewOptions) => act(() => make(contextOf(options), name, options))),
    './voorman tools new search_web --type api',
    './voorman tools new count_words --type process --registry examples/counting-bot',
  );

async function make({ terminal }: Context, name: string, { type, registry }: NewOptions): Promise<number> {
  const folder = resolve(registry, 'tools', name.replaceAll('_', '-'));
  const files = toolTemplate(name, type, schemaSeenFrom(folder));
  // `recursive` would take a folder that is there for one that was made.
  await mkdir(dirname(folder), { recursive: true });
  try {
    await mkdir(folder);
  } catch (cause) {
    const why = systemCode(cause) === 'EEXIST' ? 'is there already' : 'cannot be made';
    throw new BadFileError(`The folder ${folder} ${why}.`, 'Choose another name, or another --registry.', { cause });
  }
  for (const { path, text } of files) await writeFile(join(folder, path), text, { flag: 'wx' });
  const written = files.map(({ path }) => join(folder, path));
  terminal.document({ name, type, files: written });
  for (const file of written) terminal.line(file);
  terminal.line(
    `Next: write what it does, add ${name} to the tools of an agent, then ./voorman tools check ${registry}`,
  );
  return EXIT.ok;
}

/** Within the clone the schema is referred to by its path; elsewhere there is none to point to. */
function schemaSeenFrom(folder: string): string | undefined {
  if (!folder.startsWith(`${ROOT}${sep}`)) return undefined;
  return relative(folder, join(ROOT, 'docs', 'protocol', 'tool.schema.json')).replaceAll('\\', '/');
}
