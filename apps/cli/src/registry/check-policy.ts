import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { POLICY_INPUT_SCHEMA, type PolicyInput, WasmPolicyEngine } from '@voorman/policy';
import { compileBundle, OpaCommand, readPolicyFolder, registryData } from '@voorman/policy/authoring';
import type { LoadedTool, Registry } from '@voorman/registry';
import { type Finding, findingsOf } from './tool-finding.js';

/** What the policy beside a registry answers about its tools. */
export interface ToolPolicy {
  decide(input: PolicyInput): { readonly allow: boolean; readonly reasons: readonly string[] };
}

/**
 * Compiles the first policy folder beside a registry, with what the registry declares now: the very rules that would
 * decide. `undefined` where there is none.
 * @throws {PolicyRejectedError} @throws {PolicyUnreadableError} it cannot be published as it is.
 */
export async function policyBeside(folders: readonly string[], registry: Registry): Promise<ToolPolicy | undefined> {
  const folder = folders.map((each) => join(each, 'policies')).find((each) => existsSync(each));
  if (folder === undefined) return undefined;
  const rules = await readPolicyFolder(folder);
  const sources = { ...rules, registry: registryData(registry.agents, registry.tools) };
  const { bytes } = await compileBundle(sources, await OpaCommand.locate(), Date.now());
  return await WasmPolicyEngine.load(bytes);
}

/** Whether those who list a tool may use it. Arguments, budgets and history are not known here and left out. */
export function checkPolicy(tool: LoadedTool, registry: Registry, policy: ToolPolicy): readonly Finding[] {
  const say = findingsOf(tool.name, 'policy');
  const listing = registry.agents.filter((agent) => agent.tools.includes(tool.name));
  if (listing.length === 0) return [say.note('No agent lists it, so nobody uses it.')];
  const found: Finding[] = [];
  for (const agent of listing) {
    const { name, version, type, effect } = tool;
    const answer = policy.decide({
      schema: POLICY_INPUT_SCHEMA,
      action: 'tool_execute',
      tenant: 'default',
      session: 'check',
      agent: agent.name,
      agent_domain: agent.domain,
      environment: 'production',
      tool_name: name,
      tool: { name, version, type, effect },
    });
    if (answer.allow) continue;
    found.push(say.warning(`${agent.name} lists it and policy refuses: ${answer.reasons.join(' ')}`));
  }
  return found;
}
