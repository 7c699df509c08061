import { createHash } from 'node:crypto';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { canonical } from '@voorman/envelope';

/** What a server says of a tool, as far as a reader, a model or a check could be led by it. */
export interface ToolDescription {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: unknown;
}

const PARTS = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

export const descriptionOf = (tool: Tool): ToolDescription =>
  Object.fromEntries(PARTS.flatMap((part) => (tool[part] === undefined ? [] : [[part, tool[part]]]))) as never;

/** `sha256:` over the description's canonical form: keys sorted, no spaces. The same for the same description, always. */
export const digestOf = (description: ToolDescription): string =>
  `sha256:${createHash('sha256').update(textOf(description)).digest('hex')}`;

/** The parts that differ, by name. */
export const changedParts = (approved: ToolDescription, now: ToolDescription): string[] =>
  PARTS.filter((part) => textOf(approved[part]) !== textOf(now[part]));

/** What changed, for a person who is to approve it: each part as it was approved and as it is. */
export const changesBetween = (approved: ToolDescription, now: ToolDescription) =>
  changedParts(approved, now).map((part) => ({
    part,
    approved: approved[part as keyof ToolDescription] ?? null,
    now: now[part as keyof ToolDescription] ?? null,
  }));

const textOf = (value: unknown): string => JSON.stringify(canonical(value ?? null));
