import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FOREMAN, JOURNAL, VoormanError } from '@voorman/envelope';
import { writeWhole } from '@voorman/files';
import { BusTargets } from '@voorman/policy';
import { identityOf, OpaCommand, readPolicyFolder, registryData } from '@voorman/policy/authoring';
import type { Registry } from '@voorman/registry';
import { z } from 'zod';
import type { DataFolder } from './data-folder.js';
import { readJson } from './json-file.js';

/** What the bus was last told, and of which policy folder that was the state. */
const Kept = z.object({ folder: z.string(), targets: BusTargets.optional() });

const keptFile = (data: DataFolder): string => join(data.path, 'bus-targets.json');

/** Whom a bot reaches in any case: it answers the orchestrator, and writes down what wakes nobody. */
export const LEAST_TARGETS: readonly string[] = [FOREMAN, JOURNAL];

/**
 * Whom each bot may address on the bus, as the policy folder says; `undefined` where it says nothing about that. What was
 * pushed meanwhile holds as long as the folder is what it was then. A folder that cannot be used leaves things as they
 * were; where they never were, bots reach nobody but the orchestrator and the journal.
 */
export async function busTargetsAtStart(
  data: DataFolder,
  policies: string,
  registry: Pick<Registry, 'agents' | 'tools'>,
  opa: string,
  say: (line: string) => void,
): Promise<BusTargets | undefined> {
  const kept = Kept.safeParse(await readJson(keptFile(data))).data;
  try {
    const sources = { ...(await readPolicyFolder(policies)), registry: registryData(registry.agents, registry.tools) };
    const folder = markOf(identityOf(sources));
    if (kept?.folder === folder) return kept.targets;
    const targets = await (await OpaCommand.locate({ opa })).busTargets(sources);
    await writeWhole(keptFile(data), `${JSON.stringify({ folder, targets })}\n`);
    return targets;
  } catch (fault) {
    if (!(fault instanceof VoormanError && fault.code.startsWith('policy/'))) throw fault;
    say(`${fault.message} The bus goes by ${kept === undefined ? 'the least that bots need' : 'the policy before'}.`);
    return kept?.targets ?? Object.fromEntries(registry.agents.map((agent) => [agent.name, [...LEAST_TARGETS]]));
  }
}

/** Remembers what was put in force without the folder, for the next start. */
export async function keepBusTargets(data: DataFolder, targets: BusTargets | undefined): Promise<void> {
  const kept = Kept.safeParse(await readJson(keptFile(data))).data;
  await writeWhole(keptFile(data), `${JSON.stringify({ folder: kept?.folder ?? '', targets })}\n`);
}

const markOf = (identity: string): string => createHash('sha256').update(identity).digest('hex');
