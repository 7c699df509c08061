import { setTimeout as pause } from 'node:timers/promises';
import { RegistryStore } from '@voorman/distribution';
import { loadTrust } from '@voorman/signing';
import type { Command } from 'commander';
import { withClient } from '../../client/connection.js';
import { EXIT } from '../../errors.js';
import { prepareTools, publishTools, signLocally } from '../../registry/local-registry.js';
import { localSigner } from '../../registry/local-signer.js';
import { consequence, placed } from '../../registry/problem.js';
import { judged } from '../../registry/signatures.js';
import { toolFolders } from '../../registry/tool-folders.js';
import { askSupervisor } from '../../stack/control.js';
import type { LeftOut } from '../../stack/health.js';
import { leftOutOf } from '../../stack/stack-report.js';
import type { ReadyStack } from '../../stack/state-file.js';
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
  const left = [...registry.problems.map(placed), ...problems];
  return await withClient(data, async (client) => {
    const before = await new RegistryStore(client.bus.bundles).current();
    const index = await publishTools(client.bus.bundles, signed, `voorman tools publish`);
    const { everywhere, ms, leftOut } = await untilUsed(client.stack, index.revision);
    const removed = (before?.tools ?? [])
      .map(({ name }) => name)
      .filter((name) => !index.tools.some((tool) => tool.name === name));
    terminal.document({
      revision: index.revision,
      everywhere,
      ms,
      tools: judgements,
      problems: left,
      removed,
      left_out: leftOut,
    });
    for (const { name, version, signers, fault } of judgements) {
      terminal.line(
        fault === null ? `${name} ${version}  signed by ${signers.join(', ')}` : `${fault.message} ${fault.next}`,
      );
    }
    for (const problem of registry.problems) terminal.note(consequence(problem));
    for (const problem of problems) terminal.note(`Left out: ${problem}`);
    // Gateways go by their own trust folders, which may know other people than those that lie here.
    for (const { fault } of leftOut) terminal.note(`Left out by the tool-gateway: ${fault.message} ${fault.next}`);
    if (removed.length > 0)
      terminal.note(`New sessions do without ${removed.join(', ')}: the folders that were published do not hold them.`);
    terminal.line(
      everywhere
        ? `Revision ${index.revision} is what new sessions begin with, in every gateway after ${ms} ms.`
        : `Revision ${index.revision} is published; not every gateway uses it yet. See voorman status.`,
    );
    if (!everywhere) return EXIT.fault;
    const isWhole = left.length === 0 && leftOut.length === 0 && judgements.every((each) => each.fault === null);
    return isWhole ? EXIT.ok : EXIT.badInput;
  });
}

/** What became of a revision. */
interface Use {
  /** Whether every gateway offers it to new sessions. */
  readonly everywhere: boolean;
  readonly ms: number;
  /** Its tools that a gateway does not use. */
  readonly leftOut: readonly LeftOut[];
}

/** Waits until every gateway offers a revision to new sessions. */
async function untilUsed(stack: ReadyStack, revision: string): Promise<Use> {
  const began = performance.now();
  for (;;) {
    const report = await askSupervisor(stack.control, { ask: 'status' });
    const gateways = report.members.filter((member) => member.name === 'tool-gateway');
    const everywhere = gateways.every((member) => member.registry === revision);
    const ms = Math.round(performance.now() - began);
    if (everywhere || ms > WITHIN_MS) {
      const leftOut = leftOutOf(report).filter((each) => each.revision === revision);
      return { everywhere, ms, leftOut };
    }
    await pause(20);
  }
}
