import { sourcesOf } from '@voorman/policy';
import { compileBundle } from '@voorman/policy/authoring';
import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from '../context.js';
import { orRejected } from './rejection.js';
import { compiler, findSources } from './sources.js';

/** `voorman policy check`: everything that publishing would do, but for publishing. */
export const check = (act: Act): Command =>
  examples(
    command('check', 'compile a policy folder, run its tests and load it, without publishing it')
      .argument('[dir]', 'the policy folder (default: that of the stack)')
      .action((dir: string | undefined, options: CommonOptions) => act(() => show(contextOf(options), dir))),
    './voorman policy check',
    './voorman policy check my-policies --json',
  );

async function show({ data, terminal }: Context, dir: string | undefined): Promise<number> {
  return await orRejected(terminal, async () => {
    const { folder, sources } = await findSources(data, dir);
    const { bundle, bytes, tests } = await compileBundle(sources, await compiler(), Date.now());
    const { files, sidecar } = sourcesOf(bundle);
    const older = files.filter((file) => file.rego === 0).map((file) => file.path);
    const { revision } = bundle.manifest;
    terminal.document({
      ok: true,
      folder,
      revision,
      tests,
      bytes: bytes.length,
      entrypoints: bundle.entrypoints,
      files: files.map(({ path, rego }) => ({ path, rego })),
      data: Object.keys(sources.data),
      sidecar: sidecar !== undefined,
    });
    terminal.line(`${folder}: ${files.length} files, ${tests} tests passed. It would be revision ${revision}.`);
    for (const { rule, actions, tools } of bundle.entrypoints) {
      const about = [...(actions ?? []), ...(tools ?? [])].join(', ') || 'everything';
      terminal.line(`  ${rule} answers for ${about}`);
    }
    if (older.length > 0) terminal.line(`In Rego of before 1.0: ${older.join(', ')}`);
    if (sidecar === undefined)
      terminal.line('It runs in process only: its rules cannot be moved for an OPA beside the services.');
    return EXIT.ok;
  });
}
