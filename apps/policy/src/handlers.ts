import { compileBundle, OpaCommand } from '@voorman/policy/authoring';
import { type PolicyFolders, readSources } from './adapters/registry-folder.js';

export {
  CompilerFaultError,
  OpaCommand,
  type OpaOptions,
  type PolicyCompiler,
  PolicyRejectedError,
  PolicyUnreadableError,
  type Program,
} from '@voorman/policy/authoring';
export { type PolicyFolders, readSources } from './adapters/registry-folder.js';
export { BundleKeeper, type KeeperReport, type KeeperState } from './bundle-keeper.js';
export type { PublishPorts, ReadSources } from './ports.js';
export { POLICY, type Published, PublishHandler } from './publish.handler.js';

/**
 * Checks, tests and compiles the policy of a folder, once.
 * @param options.opa the `opa` program; default as `OpaCommand.locate` finds it.
 * @returns the bytes of the bundle, for `HotPolicy.install` or the bundle store.
 * @throws {PolicyRejectedError} @throws {PolicyUnreadableError} @throws {CompilerFaultError}
 */
export async function buildBundle(options: PolicyFolders & { readonly opa?: string }): Promise<Uint8Array> {
  const compiler = await OpaCommand.locate(options.opa === undefined ? {} : { opa: options.opa });
  const { sources } = await readSources(options);
  return (await compileBundle(sources, compiler, Date.now())).bytes;
}
