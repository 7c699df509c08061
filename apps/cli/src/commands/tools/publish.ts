import { setTimeout as pause } from 'node:timers/promises';
import { loadTrust } from '@voorman/signing';
import type { Command } from 'commander';
import { withClient } from '../../client/connection.js';
import { EXIT } from '../../errors.js';
import { prepareTools, publishTools, signLocally } from '../../registry/local-registry.js';
import { localSigner } from '../../registry/local-signer.js';
import { judged } from '../../registry/signatures.js';
import { toolFolders } from '../../registry/tool-folders.js';
import { askSupervisor } from '../../stack/control.js';
import type { ReadyStack } from '../../stack/state-file.js';
import type { StackReport } from '../../stack/supervisor.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples } from '../context.js';

interface PublishOptions extends CommonOptions {
  readonly registry?: readonly string[];
  readonly localKey: boolean;
}

const WITHIN_MS = 10_000;

/** `voorman tools publish`: folders become the registry that new sessions begin with. */
export const publish = (act: Act): Command =>
  examples(
    command('publish', 'put the tools of the registry folders into the running stack; sessions in flight keep theirs')
      .option('--registry <dir>', 'registry folder; may be repeated (default: those of the stack)', each)
      .option('--no-local-key', 'sign nothing: only the signatures beside the tools count')
      .action((options: PublishOptions) => act(() => send(contextOf(options), options))),
    './voorman tools publish',
    './voorman tools publish --no-local-key --json',
  );

async function send({ data, terminal }: Context, options: PublishOptions): Promise<number> {
  const { registry, trust: folders } = await toolFolders(data, options.registry);
  const { tools, problems } = await prepareTools(registry.tools);
  const key = options.localKey ? await localSigner(data) : undefined;
  const signed = key === undefined ? tools : await signLocally(data, key, tools);
  const trust = await loadTrust(folders);
  const judgements = signed.map((tool) => judged(tool, trust, Date.now()));
  const left = [...registry.problems.map(({ file, message }) => `${file}: ${message}`), ...problems];
  return await withClient(data, async (client) => {
    const index = await publishTools(client.bus.bundles, signed, `voorman tools publish`);
    const { everywhere, ms } = await untilUsed(client.stack, index.revision);
    terminal.document({ revision: index.revision, everywhere, ms, tools: judgements, problems: left });
    for (const { name, version, signers, fault } of judgements) {
      terminal.line(
        fault === null ? `${name} ${version}  signed by ${signers.join(', ')}` : `${fault.message} ${fault.next}`,
      );
    }
    for (const problem of left) terminal.note(`Left out: ${problem}`);
    terminal.line(
      everywhere
        ? `Revision ${index.revision} is what new sessions begin with, in every gateway after ${ms} ms.`
        : `Revision ${index.revision} is published; not every gateway uses it yet. See voorman status.`,
    );
    if (!everywhere) return EXIT.fault;
    return left.length === 0 && judgements.every((each) => each.fault === null) ? EXIT.ok : EXIT.badInput;
  });
}

/** Waits until every gateway offers a revision to new sessions. */
async function untilUsed(
  stack: ReadyStack,
  revision: string,
): Promise<{ readonly everywhere: boolean; readonly ms: number }> {
  const began = performance.now();
  for (;;) {
    const report = (await askSupervisor(stack.control, { ask: 'status' })) as StackReport;
    const gateways = report.members.filter((member) => member.name === 'tool-gateway');
    const everywhere = gateways.every((member) => member.registry === revision);
    const ms = Math.round(performance.now() - began);
    if (everywhere || ms > WITHIN_MS) return { everywhere, ms };
    await pause(20);
  }
}
