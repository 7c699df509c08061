import { loadTrust } from '@voorman/signing';
import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { prepareTools, withLocalSignatures } from '../../registry/local-registry.js';
import { judged } from '../../registry/signatures.js';
import { chosenTools, toolFolders } from '../../registry/tool-folders.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples } from '../context.js';

interface VerifyOptions extends CommonOptions {
  readonly registry?: readonly string[];
  readonly localKey: boolean;
}

/** `voorman tools verify`: what gateways would say of the signatures of the tools. */
export const verify = (act: Act): Command =>
  examples(
    command(
      'verify',
      'check the signatures of tools against the trust folders, as gateways do; exit code 5 where one is refused',
    )
      .argument('[tools...]', 'names of tools (default: all)')
      .option('--registry <dir>', 'registry folder; may be repeated (default: that of the stack)', each)
      .option(
        '--no-local-key',
        'only the signatures beside the tools count, not those that this machine keeps for its stack',
      )
      .action((names: readonly string[], options: VerifyOptions) =>
        act(() => judge(contextOf(options), names, options)),
      ),
    './voorman tools verify',
    './voorman tools verify --registry deploy/registry --no-local-key',
  );

async function judge({ data, terminal }: Context, names: readonly string[], options: VerifyOptions): Promise<number> {
  const { registry, trust: folders } = await toolFolders(data, options.registry);
  const [trust, { tools, problems }] = await Promise.all([
    loadTrust(folders),
    prepareTools(chosenTools(registry, names)),
  ]);
  const signed = options.localKey ? await withLocalSignatures(data, tools) : tools;
  const judgements = signed.map((tool) => judged(tool, trust, Date.now()));
  const faults = [...trust.problems.map((problem) => problem.message), ...problems];
  const ok = faults.length === 0 && judgements.every((each) => each.fault === null);
  terminal.document({ ok, tools: judgements, problems: faults });
  for (const { name, version, signers, fault } of judgements) {
    terminal.line(
      fault === null ? `${name} ${version}  signed by ${signers.join(', ')}` : `${fault.message} ${fault.next}`,
    );
  }
  for (const fault of faults) terminal.note(fault);
  return ok ? EXIT.ok : EXIT.badInput;
}
