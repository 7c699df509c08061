import { join } from 'node:path';
import {
  type PreparedTool,
  prepareTool,
  type RegistryIndex,
  type RegistryObjects,
  RegistryStore,
  signTool,
  toPublish,
} from '@voorman/distribution';
import { VoormanError } from '@voorman/envelope';
import { writeWhole } from '@voorman/files';
import type { LoadedTool } from '@voorman/registry';
import { DsseEnvelope, type SigningKey } from '@voorman/signing';
import type { DataFolder } from '../stack/data-folder.js';
import { readJson } from '../stack/json-file.js';

/** Tools that can be published, and what stands in the way of the others. */
export interface PreparedTools {
  readonly tools: readonly PreparedTool[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** Reads the folders of tools. One that cannot be a package is left out and named. */
export async function prepareTools(tools: readonly LoadedTool[]): Promise<PreparedTools> {
  const prepared: PreparedTool[] = [];
  const problems: string[] = [];
  for (const tool of [...tools].sort((one, other) => (one.name < other.name ? -1 : 1))) {
    try {
      prepared.push(await prepareTool(tool));
    } catch (fault) {
      if (!(fault instanceof VoormanError)) throw fault;
      problems.push(fault.message);
    }
  }
  return { tools: prepared, problems };
}

/**
 * Signs tools for this machine. The signatures lie in the data folder, under the digest of what they are for: the clone
 * stays as it is, and what did not change is not signed again.
 */
export async function signLocally(
  data: DataFolder,
  key: SigningKey,
  prepared: readonly PreparedTool[],
): Promise<readonly PreparedTool[]> {
  const known = await keptSignatures(data);
  const signed = prepared.map((each) => {
    const before = DsseEnvelope.safeParse(known.get(each.digest));
    const isOurs = before.success && before.data.signatures.some((signature) => signature.keyid === key.keyid);
    const withOwn = { ...each, envelope: each.envelope ?? (isOurs ? before.data : undefined) };
    return isOurs && each.envelope === undefined ? withOwn : signTool(withOwn, [key]);
  });
  const fresh = Object.fromEntries(signed.map((each) => [each.digest, each.envelope]));
  if (JSON.stringify(fresh) !== JSON.stringify(Object.fromEntries(known))) {
    await writeWhole(signaturesFile(data), `${JSON.stringify(fresh)}\n`);
  }
  return signed;
}

/** Tools with the signatures of this machine beside those that lie in their folders: as its stack published them. */
export async function withLocalSignatures(
  data: DataFolder,
  prepared: readonly PreparedTool[],
): Promise<readonly PreparedTool[]> {
  const known = await keptSignatures(data);
  return prepared.map((each) => {
    const kept = DsseEnvelope.safeParse(known.get(each.digest)).data;
    return kept === undefined ? each : { ...each, envelope: joined(kept, each.envelope) };
  });
}

/** The signatures of both, where both are for the same bytes. What lies in the folder may be older than the tool. */
function joined(kept: DsseEnvelope, beside: DsseEnvelope | undefined): DsseEnvelope {
  if (beside?.payload !== kept.payload) return kept;
  const more = kept.signatures.filter(({ keyid }) => beside.signatures.every((each) => each.keyid !== keyid));
  return { ...beside, signatures: [...beside.signatures, ...more] };
}

const signaturesFile = (data: DataFolder): string => join(data.path, 'signatures.json');

/** Envelopes by the digest of what they are for. */
const keptSignatures = async (data: DataFolder): Promise<ReadonlyMap<string, unknown>> =>
  new Map(Object.entries(((await readJson(signaturesFile(data))) ?? {}) as Record<string, unknown>));

/** Makes these tools the registry that new sessions begin with. */
export const publishTools = (
  objects: RegistryObjects,
  tools: readonly PreparedTool[],
  by: string,
): Promise<RegistryIndex> => new RegistryStore(objects).publish(tools.map(toPublish), by, Date.now());
