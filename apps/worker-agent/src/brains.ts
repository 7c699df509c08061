import { type Brain, ScriptedBrain } from '@voorman/agent';
import type { AgentManifest } from '@voorman/registry';

/** The brain that a manifest declares. */
export function brainOf(agent: AgentManifest): Brain {
  switch (agent.brain.type) {
    case 'scripted':
      return new ScriptedBrain({ agent: agent.name, skills: agent.brain.skills });
  }
}
