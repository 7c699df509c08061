import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LoadedTool } from '@voorman/registry';
import { addSignature, DsseEnvelope, type SigningKey, signStatement } from '@voorman/signing';
import { digestOf, statementOf, TOOL_STATEMENT, ToolStatement } from './statement.js';
import { MANIFEST, readToolFolder, SIGNATURE, type ToolFile } from './tool-folder.js';

/** A tool as it lies in a folder, with what was signed for it, if anything was. */
export interface FolderTool {
  readonly name: string;
  readonly version: string;
  readonly files: readonly ToolFile[];
  readonly digest: string;
  readonly envelope: unknown;
}

/** Where signatures lie that do not lie beside the manifests: one file for each package, named by its digest. */
export const signatureFile = (folder: string, digest: string): string =>
  join(folder, `${digest.replace(':', '-')}.dsse.json`);

/** Beside a manifest of its own folder; a manifest that shares a folder has its signature beside it under its name. */
export const besideManifest = (tool: Pick<LoadedTool, 'file' | 'folder'>): string =>
  tool.file.endsWith(MANIFEST) ? join(tool.folder, SIGNATURE) : tool.file.replace(/\.ya?ml$/, '.dsse.json');

/**
 * Reads a tool's files and looks for its signature: beside the manifest, then in the folders given.
 * @throws {PackageError} the folder cannot be a package.
 */
export async function readFolderTool(tool: LoadedTool, signatureFolders: readonly string[] = []): Promise<FolderTool> {
  const files = await readToolFolder(tool);
  const digest = digestOf(statementOf(tool, files));
  const places = [besideManifest(tool), ...signatureFolders.map((folder) => signatureFile(folder, digest))];
  let envelope: unknown;
  for (const place of places) {
    const found = await envelopeIn(place);
    // A signature that was made for other content counts only where there is none for this one.
    if (found === undefined || (envelope !== undefined && !isFor(found, digest))) continue;
    envelope = found;
    if (isFor(found, digest)) break;
  }
  return { name: tool.name, version: tool.version, files, digest, envelope };
}

/**
 * Signs what lies in a tool's folder, in addition to whoever signed the same before, and writes the envelope.
 * @param expiresAt how long the signature counts; an envelope with another end is begun anew.
 */
export async function signFolderTool(
  tool: LoadedTool,
  key: SigningKey,
  place: string,
  expiresAt?: string,
): Promise<{ readonly digest: string; readonly envelope: DsseEnvelope }> {
  const files = await readToolFolder(tool);
  const statement = statementOf(tool, files, expiresAt);
  const before = DsseEnvelope.safeParse(await envelopeIn(place));
  const fresh = signStatement(TOOL_STATEMENT, statement, [key]);
  const envelope =
    before.success && before.data.payload === fresh.payload && before.data.payloadType === TOOL_STATEMENT
      ? addSignature(before.data, key)
      : fresh;
  await mkdir(dirname(place), { recursive: true });
  // Whole or not at all: half a signature would refuse the tool.
  const draft = `${place}.${process.pid}.part`;
  await writeFile(draft, `${JSON.stringify(envelope, null, 2)}\n`);
  await rename(draft, place);
  return { digest: digestOf(statement), envelope };
}

async function envelopeIn(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && (fault.code === 'ENOENT' || fault.code === 'ENOTDIR'))
      return undefined;
    throw fault;
  }
  try {
    return JSON.parse(text);
  } catch {
    // No envelope: whoever verifies it says that the tool is not signed.
    return {};
  }
}

function isFor(envelope: unknown, digest: string): boolean {
  const parsed = DsseEnvelope.safeParse(envelope);
  if (!parsed.success) return false;
  try {
    const statement = ToolStatement.safeParse(JSON.parse(Buffer.from(parsed.data.payload, 'base64').toString('utf8')));
    return statement.success && digestOf(statement.data) === digest;
  } catch {
    return false;
  }
}
