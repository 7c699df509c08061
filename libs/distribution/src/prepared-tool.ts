import { basename, join } from 'node:path';
import { readIfThere } from '@voorman/files';
import type { LoadedTool } from '@voorman/registry';
import { addSignature, DsseEnvelope, type SigningKey, signStatement } from '@voorman/signing';
import { UnusablePackageError } from './errors.js';
import type { SignedTool } from './registry-store.js';
import { digestOfStatement, TOOL_STATEMENT_TYPE, type ToolStatement } from './statement.js';
import { MANIFEST_FILE, readToolFiles, SIGNATURE_FILE, statementOf, type ToolFile } from './tool-files.js';
import { pack } from './tool-package.js';

/** A tool's folder, read and ready to be signed or published. */
export interface PreparedTool {
  readonly tool: LoadedTool;
  readonly files: readonly ToolFile[];
  readonly statement: ToolStatement;
  readonly digest: string;
  /** The signatures that lie beside its manifest; `undefined` where there is no such file. */
  readonly envelope: DsseEnvelope | undefined;
}

/** @throws {UnusablePackageError} its folder cannot be a package, or its file of signatures is none. */
export async function prepareTool(tool: LoadedTool): Promise<PreparedTool> {
  const files = await readToolFiles(tool);
  const statement = statementOf(tool, files);
  return { tool, files, statement, digest: digestOfStatement(statement), envelope: await readSignatures(tool) };
}

/** Where the signatures of a tool lie: in its folder, or beside a manifest that has none. */
export const signatureFile = (tool: Pick<LoadedTool, 'file' | 'folder'>): string =>
  basename(tool.file) === MANIFEST_FILE
    ? join(tool.folder, SIGNATURE_FILE)
    : tool.file.replace(/\.ya?ml$/, `.${SIGNATURE_FILE.replace('tool.', '')}`);

/**
 * The tool with a signature of each of these keys. Signatures under other content are dropped: they say nothing of this
 * one.
 */
export function signTool(prepared: PreparedTool, keys: readonly SigningKey[]): PreparedTool {
  const fresh = signStatement(TOOL_STATEMENT_TYPE, prepared.statement, []);
  const kept = prepared.envelope?.payload === fresh.payload ? prepared.envelope : fresh;
  return { ...prepared, envelope: keys.reduce(addSignature, kept) };
}

/** What goes into the store. A tool without signatures goes too, and is refused by name where it would be used. */
export const toPublish = ({ tool, files, statement, digest, envelope }: PreparedTool): SignedTool => ({
  name: tool.name,
  version: tool.version,
  digest,
  envelope: envelope ?? signStatement(TOOL_STATEMENT_TYPE, statement, []),
  package: pack(files),
});

async function readSignatures(tool: LoadedTool): Promise<DsseEnvelope | undefined> {
  const file = signatureFile(tool);
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return DsseEnvelope.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnusablePackageError(tool.name, `${basename(file)} holds no signatures`, { cause });
  }
}
