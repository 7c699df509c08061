import { Effect } from '@voorman/envelope';
import type { PolicyFaultError } from '../errors.js';
import { type PolicyInput, policyInput } from '../policy-input.js';
import { WasmPolicyEngine } from '../wasm/wasm-policy-engine.js';
import type { RegistryData } from './registry-data.js';

/** Questions of a trial: enough to meet every rule, few enough not to keep anybody waiting. */
const MAX_QUESTIONS = 500;
/** More of the same tells nobody more. */
const MAX_PROBLEMS = 5;

/**
 * Asks a bundle what it will be asked about the registry that it was built for, before anybody depends on it: a rule that
 * contradicts itself, or that takes too long, shows here.
 * @returns one sentence for each question that it could not decide.
 * @throws {BundleRejectedError} it cannot be loaded.
 */
export async function tryOut(bytes: Uint8Array, registry: RegistryData): Promise<string[]> {
  const problems: string[] = [];
  let asked = '';
  const told = (fault: PolicyFaultError): void => void problems.push(`It cannot decide ${asked}: ${fault.problem}.`);
  const engine = await WasmPolicyEngine.load(bytes, { onFault: told });
  let questions = 0;
  for (const { about, input } of questionsAbout(registry)) {
    questions += 1;
    if (questions > MAX_QUESTIONS || problems.length >= MAX_PROBLEMS) break;
    asked = about;
    const before = problems.length;
    engine.decide(input);
    if (problems.length === before) continue;
    // On a busy machine anything may take long once.
    problems.length = before;
    engine.decide(input);
  }
  return problems;
}

interface Question {
  readonly about: string;
  readonly input: PolicyInput;
}

function* questionsAbout({ agents, tools }: RegistryData): Generator<Question> {
  const session = { tenant: 'default', session: 'trial', task: 'trial' } as const;
  for (const [agent, { tools: listed, domain, capabilities, open_to_publishers }] of Object.entries(agents)) {
    for (const name of listed) {
      const tool = tools[name];
      const effect = Effect.safeParse(tool?.effect);
      if (tool === undefined || !effect.success) continue;
      const { version, type } = tool;
      const described = { name, version, type, effect: effect.data };
      const input = policyInput({ ...session, action: 'tool_execute', agent, agent_domain: domain, tool: described });
      yield { about: `whether ${agent} may execute ${name}`, input };
    }
    for (const capability of capabilities) {
      const asked = { action: 'task_delegate', agent: 'orchestrator', target_agent: agent, capability } as const;
      yield { about: `whether ${agent} may be asked for ${capability}`, input: policyInput({ ...session, ...asked }) };
    }
    if (!open_to_publishers) continue;
    const asked = { action: 'publish', agent: 'trial', publisher: 'trial', target_agent: agent } as const;
    yield { about: `whether a publisher may address ${agent}`, input: policyInput({ ...session, ...asked }) };
  }
}
