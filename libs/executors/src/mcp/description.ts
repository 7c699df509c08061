import { createHash } from 'node:crypto';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';

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
  `sha256:${createHash('sha256').update(canonical(description)).digest('hex')}`;

/** The parts that differ, by name. */
export const changedParts = (approved: ToolDescription, now: ToolDescription): string[] =>
  PARTS.filter((part) => canonical(approved[part] ?? null) !== canonical(now[part] ?? null));

/** What changed, for a person who is to approve it: each part as it was approved and as it is. */
export const changesBetween = (approved: ToolDescription, now: ToolDescription) =>
  changedParts(approved, now).map((part) => ({
    part,
    approved: approved[part as keyof ToolDescription] ?? null,
    now: now[part as keyof ToolDescription] ?? null,
  }));

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
