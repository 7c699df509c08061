import { type RegistryIndex, RegistryStore, verifyTool } from '@voorman/distribution';
import { type PublicError, VoormanError } from '@voorman/envelope';
import { loadTrust, type Trust } from '@voorman/signing';
import type { Command } from 'commander';
import { withClient } from '../../client/connection.js';
import { EXIT } from '../../errors.js';
import { type SessionInFlight, sessionsInFlight } from '../../registry/sessions-in-flight.js';
import { toolFolders } from '../../registry/tool-folders.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from '../context.js';

/** One version of a tool and who still uses it; the names are promised. */
interface ListedTool {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  /** Whether new sessions begin with it. */
  readonly current: boolean;
  readonly signers: readonly string[];
  readonly fault: PublicError | null;
  /** Sessions in flight that keep it. */
  readonly sessions: readonly string[];
}

/** `voorman tools list`: what is published, by whose signature, and who still uses which version. */
export const list = (act: Act): Command =>
  examples(
    command('list', 'show the published tools, who signed them, and which sessions in flight use which version').action(
      (options: CommonOptions) => act(() => show(contextOf(options))),
    ),
    './voorman tools list',
    './voorman tools list --json',
  );

async function show({ data, terminal }: Context): Promise<number> {
  const { trust: folders } = await toolFolders(data, undefined);
  const trust = await loadTrust(folders);
  return await withClient(data, async (client) => {
    const store = new RegistryStore(client.bus.bundles);
    const [current, revisions, sessions] = await Promise.all([
      store.current(),
      store.revisions(),
      sessionsInFlight(client.bus.log),
    ]);
    const indexes = await kept(store, current, sessions);
    const tools = listed(indexes, current?.revision, sessions, trust);
    terminal.document({ revision: current?.revision ?? null, revisions, tools, sessions });
    if (current === undefined) terminal.line('No registry is published: no tool can be used.');
    else terminal.line(`Revision ${current.revision} of ${current.created_at}, published by ${current.published_by}`);
    for (const { name, version, digest, signers, fault, sessions: users, ...tool } of tools) {
      const by = fault === null ? `signed by ${signers.join(', ')}` : fault.message;
      const use =
        users.length === 0
          ? ''
          : `  used by ${users.slice(0, 5).join(', ')}${users.length > 5 ? ` and ${users.length - 5} more` : ''}`;
      terminal.line(`  ${name} ${version}  ${digest.slice(7, 19)}  ${tool.current ? '' : '(replaced)  '}${by}${use}`);
    }
    return EXIT.ok;
  });
}

/** The current index, and those that sessions in flight began with. */
async function kept(
  store: RegistryStore,
  current: RegistryIndex | undefined,
  sessions: readonly SessionInFlight[],
): Promise<readonly RegistryIndex[]> {
  const older = new Set(
    sessions.flatMap(({ registry }) => (registry === null || registry === current?.revision ? [] : [registry])),
  );
  const found = await Promise.all([...older].map((revision) => store.at(revision)));
  return [...(current === undefined ? [] : [current]), ...found.filter((index) => index !== undefined)];
}

function listed(
  indexes: readonly RegistryIndex[],
  current: string | undefined,
  sessions: readonly SessionInFlight[],
  trust: Trust,
): readonly ListedTool[] {
  const tools = new Map<string, ListedTool>();
  for (const { revision, tools: entries } of indexes) {
    const users = sessions.filter(({ registry }) => registry === revision).map(({ session }) => session);
    for (const entry of entries) {
      const { name, version, digest } = entry;
      const known = tools.get(digest);
      if (known !== undefined) {
        tools.set(digest, { ...known, sessions: [...known.sessions, ...users] });
        continue;
      }
      const isCurrent = revision === current;
      try {
        const { signers } = verifyTool(entry, trust, Date.now());
        tools.set(digest, { name, version, digest, current: isCurrent, signers, fault: null, sessions: users });
      } catch (fault) {
        if (!(fault instanceof VoormanError)) throw fault;
        tools.set(digest, {
          name,
          version,
          digest,
          current: isCurrent,
          signers: [],
          fault: fault.toPublic(),
          sessions: users,
        });
      }
    }
  }
  return [...tools.values()].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}
