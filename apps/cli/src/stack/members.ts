import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Durability } from '@voorman/log/jetstream';
import type { LoadedAgent } from '@voorman/registry';
import { NotBuiltError } from '../errors.js';
import type { BusCertificates } from './bus-certificates.js';
import { Child, seedFile } from './child.js';
import { type DataFolder, ROOT } from './data-folder.js';

/** What the processes of a stack have in common. */
export interface Surroundings {
  readonly data: DataFolder;
  readonly registry: readonly string[];
  readonly opa: string;
  /** Absent: programs cannot be confined on this machine. */
  readonly bwrap?: string;
  readonly natsUrl: () => string;
  readonly durability: Durability;
  /** Present where the bus is served with mTLS. */
  readonly certificates?: BusCertificates;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/** The services of every stack; policy first, since the others wait for its bundle. */
export const SERVICES = ['policy', 'orchestrator', 'tool-gateway'] as const;

/** A process that is not a bot. */
export const serviceChild = (surroundings: Surroundings, name: (typeof SERVICES)[number]): Child =>
  childOf(surroundings, name, 1, name, []);

/** One replica of a bot. */
export const botChild = (surroundings: Surroundings, bot: LoadedAgent, replica: number): Child =>
  childOf(surroundings, bot.name, replica, 'worker-agent', ['--agent', bot.file]);

/** @throws {NotBuiltError} it was not built. */
function childOf(
  { data, registry, opa, bwrap, natsUrl, durability, certificates, env, say }: Surroundings,
  name: string,
  replica: number,
  app: string,
  args: readonly string[],
): Child {
  const program = join(ROOT, 'apps', app, 'dist', 'main.js');
  if (!existsSync(program)) throw new NotBuiltError(`apps/${app}`);
  const shown = certificates?.member(name);
  return new Child({
    data,
    name,
    replica,
    program,
    args,
    env: {
      // Compiled code of the last start: a service that died is back sooner.
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'node'),
      ...env,
      VOORMAN_NATS_URL: natsUrl(),
      VOORMAN_DURABILITY: durability,
      VOORMAN_NAME: name,
      ...(shown && { VOORMAN_NATS_CERT_FILE: shown.certFile, VOORMAN_NATS_CA_FILE: shown.caFile }),
      VOORMAN_NKEY_FILE: seedFile(data, name),
      VOORMAN_REGISTRY: registry.join(delimiter),
      VOORMAN_DATA: data.path,
      VOORMAN_OPA: opa,
      VOORMAN_BWRAP: bwrap,
      VOORMAN_PUBLISHERS: data.publishers,
    },
    say,
  });
}
