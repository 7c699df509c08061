import { Token } from '@voorman/envelope';
import { Graph } from '@voorman/workflow';
import { z } from 'zod';
import { FieldSchema } from './field-schemas.js';
import { manifestObject, Version } from './manifest-object.js';

/** Names that services bear; a bot of that name could write as one of them. */
const RESERVED_NAMES: readonly string[] = [
  'journal',
  'orchestrator',
  'tool-gateway',
  'policy',
  'memory',
  'console',
  'cli',
];

/** What a capability does with the files that a task brings along. */
const Attachments = manifestObject({
  kinds: z.array(Token).min(1).max(20).describe('what the files are: log, diff, contract, text, …'),
  required: z.boolean().default(false),
});

/** One input field that is filled from what another capability found. */
const Use = manifestObject({
  capability: Token,
  input: Token.describe('the input field of this capability'),
  path: z
    .string()
    .max(255)
    .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'must be field names with dots between, such as findings.files')
    .describe('where the value lies in the other capability’s result data'),
});

/** One thing a bot can do; the planner matches goals against it. */
export const Capability = manifestObject({
  name: Token,
  description: z.string().min(1).max(2_000),
  keywords: z.array(z.string().min(1).max(64)).max(200).default([]),
  attachments: Attachments.optional(),
  uses: z.array(Use).max(20).default([]),
  input: FieldSchema.default({}),
  output: FieldSchema.default({}),
});
export type Capability = z.infer<typeof Capability>;

/** A brain that follows a declared graph of steps per capability. */
const ScriptedBrain = manifestObject({ type: z.literal('scripted'), skills: z.record(Token, Graph) });

/** How a bot thinks. */
export const Brain = z.discriminatedUnion('type', [ScriptedBrain], { error: 'type must be scripted' });
export type Brain = z.infer<typeof Brain>;

/** A bot as its YAML declares it: what it can do, with which tools, under which policy, and how it thinks. */
export const AgentManifest = manifestObject({
  name: Token.refine((name) => !RESERVED_NAMES.includes(name), 'is the name of a service; choose another'),
  version: Version,
  description: z.string().min(1).max(2_000),
  domain: z.string().min(1).max(128),
  capabilities: z.array(Capability).min(1).max(100),
  tools: z.array(Token).max(200).default([]),
  policy_profile: Token,
  open_to_publishers: z.boolean().default(true).describe('whether a publisher may address the bot directly'),
  brain: Brain,
  limits: manifestObject({ tasks_at_once: z.int().min(1).max(1_000).default(16) }).prefault({}),
}).superRefine((agent, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const names = agent.capabilities.map((capability) => capability.name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) refuse(['capabilities', index, 'name'], `${name} stands twice`);
    if (!Object.hasOwn(agent.brain.skills, name))
      refuse(['brain', 'skills'], `has no skill for the capability ${name}`);
  }
  for (const [name, skill] of Object.entries(agent.brain.skills)) {
    if (!names.includes(name)) refuse(['brain', 'skills', name], 'is a skill for no capability of this agent');
    for (const [part, steps] of [
      ['steps', skill.steps],
      ['verify', skill.verify],
    ] as const) {
      for (const [index, step] of steps.entries()) {
        if (agent.tools.includes(step.tool)) continue;
        refuse(['brain', 'skills', name, part, index, 'tool'], `${step.tool} is not among the agent’s tools`);
      }
    }
  }
});
export type AgentManifest = z.infer<typeof AgentManifest>;
