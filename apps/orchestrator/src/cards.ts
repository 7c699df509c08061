import type { Registry } from '@voorman/registry';
import type { AgentCard } from './domain/planner.js';

/** The registry's bots as the planner sees them. */
export const cardsOf = (registry: Pick<Registry, 'agents'>): AgentCard[] =>
  registry.agents.map((agent) => ({
    name: agent.name,
    capabilities: agent.capabilities.map(({ name, keywords, uses, attachments }) => ({
      name,
      keywords,
      uses,
      ...(attachments === undefined ? {} : { attachments }),
    })),
  }));
