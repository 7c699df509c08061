import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from '../context.js';
import { orRejected } from './rejection.js';
import { compiler, findSources } from './sources.js';

/** `voorman policy test`: the tests of a policy folder over the registry of the stack. */
export const policyTest = (act: Act): Command =>
  examples(
    command('test', 'run the tests of a policy folder; exit code 10 if one fails')
      .argument('[dir]', 'the policy folder (default: that of the stack)')
      .action((dir: string | undefined, options: CommonOptions) => act(() => run(contextOf(options), dir))),
    './voorman policy test',
  );

async function run({ data, terminal }: Context, dir: string | undefined): Promise<number> {
  return await orRejected(terminal, async () => {
    const { sources } = await findSources(data, dir);
    const { passed, failures } = await (await compiler()).test(sources);
    terminal.document({ passed, failed: failures.length, failures });
    for (const failure of failures) terminal.line(failure);
    terminal.line(`${passed} passed, ${failures.length} failed`);
    return failures.length === 0 ? EXIT.ok : EXIT.failed;
  });
}
