import { writeFile } from 'node:fs/promises';
import { signatureFile, signTool } from '@voorman/distribution';
import { loadSigningKey } from '@voorman/signing';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../../errors.js';
import { prepareTools } from '../../registry/local-registry.js';
import { consequence } from '../../registry/problem.js';
import { chosenTools, toolFolders } from '../../registry/tool-folders.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples } from '../context.js';

interface SignOptions extends CommonOptions {
  readonly registry?: readonly string[];
  readonly key?: string;
  readonly keyEnv?: string;
}

/** `voorman tools sign`: somebody vouches for tools, byte by byte. */
export const sign = (act: Act): Command =>
  examples(
    command('sign', 'sign tools with an Ed25519 key; a signature of somebody else stays beside it')
      .argument('[tools...]', 'names of tools (default: all)')
      .option('--registry <dir>', 'registry folder; may be repeated (default: that of the stack)', each)
      .option('--key <file>', 'private key in PEM')
      .option('--key-env <name>', 'environment variable that holds it')
      .action((names: readonly string[], options: SignOptions) =>
        act(() => signAll(contextOf(options), names, options)),
      ),
    './voorman tools sign --key my-key.pem',
    './voorman tools sign search_web --key-env VOORMAN_SIGNING_KEY',
  );

async function signAll({ data, terminal }: Context, names: readonly string[], options: SignOptions): Promise<number> {
  const { key: file, keyEnv: env } = options;
  if ((file === undefined) === (env === undefined)) {
    throw new UsageError(
      'One key signs: give --key or --key-env.',
      'openssl genpkey -algorithm ed25519 -out my-key.pem makes one.',
    );
  }
  const key = await loadSigningKey(file === undefined ? { env: env ?? '' } : { file });
  const { registry } = await toolFolders(data, options.registry);
  const { tools, problems } = await prepareTools(chosenTools(registry, names));
  const signed = tools.map((tool) => signTool(tool, [key]));
  for (const { tool, envelope } of signed) {
    await writeFile(signatureFile(tool), `${JSON.stringify(envelope, null, 2)}\n`);
  }
  terminal.document({
    keyid: key.keyid,
    signed: signed.map(({ tool: { name, version }, digest, envelope }) => ({
      ...{ name, version, digest },
      keyids: envelope?.signatures.map((each) => each.keyid) ?? [],
    })),
    problems,
  });
  for (const { tool, digest, envelope } of signed) {
    const count = envelope?.signatures.length ?? 0;
    terminal.line(`${tool.name} ${tool.version}  ${digest.slice(0, 19)}…  ${count} signature${count === 1 ? '' : 's'}`);
  }
  for (const problem of problems) terminal.note(problem);
  if (names.length === 0) for (const problem of registry.problems) terminal.note(consequence(problem));
  return problems.length === 0 ? EXIT.ok : EXIT.badInput;
}
