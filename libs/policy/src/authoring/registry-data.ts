/** What of an agent's manifest a policy may build on. */
export interface AgentFacts {
  readonly name: string;
  readonly domain: string;
  readonly policy_profile: string;
  readonly tools: readonly string[];
  readonly capabilities: readonly { readonly name: string }[];
  readonly open_to_publishers: boolean;
}

/** What of a tool's manifest a policy may build on. */
export interface ToolFacts {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly effect: string;
}

/** `data.registry` in Rego: who there is and what each declares, by name. */
export interface RegistryData {
  readonly agents: Readonly<
    Record<
      string,
      {
        readonly domain: string;
        readonly profile: string;
        readonly tools: readonly string[];
        readonly capabilities: readonly string[];
        readonly open_to_publishers: boolean;
      }
    >
  >;
  readonly tools: Readonly<
    Record<string, { readonly version: string; readonly type: string; readonly effect: string }>
  >;
}

/** The facts of a registry in the shape that rules read: only what a rule may depend on, nothing that a bot could word. */
export const registryData = (agents: readonly AgentFacts[], tools: readonly ToolFacts[]): RegistryData => ({
  agents: Object.fromEntries(
    agents.map((agent) => [
      agent.name,
      {
        domain: agent.domain,
        profile: agent.policy_profile,
        tools: agent.tools,
        capabilities: agent.capabilities.map((capability) => capability.name),
        open_to_publishers: agent.open_to_publishers,
      },
    ]),
  ),
  tools: Object.fromEntries(
    tools.map((tool) => [tool.name, { version: tool.version, type: tool.type, effect: tool.effect }]),
  ),
});
