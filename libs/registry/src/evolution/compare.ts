import { isDeepStrictEqual } from 'node:util';
import { isSchema, type JsonSchema } from '../json-schema.js';
import { nearest } from '../nearest.js';
import { toJsonSchema } from '../short-form.js';
import type { ToolManifest } from '../tool-manifest.js';
import type { Gap } from './gap.js';
import { largestStep, type Step } from './versions.js';
import { gapsBetween } from './within.js';

/** One thing that is different between two versions of a tool. */
export interface Change {
  readonly part: 'input' | 'output' | 'manifest';
  /** JSON pointer of the field in the part; of the manifest its key. */
  readonly at: string;
  /** What it asks of the version. */
  readonly step: Exclude<Step, 'none'>;
  /** A plain sentence. */
  readonly says: string;
}

/**
 * What is different between two versions of a tool, and what of it breaks whoever uses it: an input that was valid and is
 * not any more, an output that can be what it never was before.
 */
export function compareTools(before: ToolManifest, after: ToolManifest): readonly Change[] {
  const changes: Change[] = [...compareInputs(before, after), ...compareOutputs(before, after)];
  const isRewritten = !isDeepStrictEqual(before.schema, after.schema);
  if (isRewritten && changes.length === 0) {
    changes.push({ part: 'manifest', at: 'schema', step: 'patch', says: 'The schema says the same in other words.' });
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key === 'version' || key === 'schema' || key === 'file' || key === 'folder') continue;
    const [was, is] = [partOf(before, key), partOf(after, key)];
    if (isDeepStrictEqual(was, is)) continue;
    changes.push({ part: 'manifest', at: key, step: stepOf(key, is), says: manifestSentence(key, was, is) });
  }
  return changes;
}

/** What the changes together ask of the version. */
export const stepFor = (changes: readonly Change[]): Step => largestStep(changes.map((change) => change.step));

function compareInputs(before: ToolManifest, after: ToolManifest): Change[] {
  const [was, is] = [before, after].map((tool) => toJsonSchema(tool.schema.input, 'input')) as [JsonSchema, JsonSchema];
  const added = namesAdded(was, is);
  return [
    ...gapsBetween(was, is).map((gap) => change('input', gap, 'major', inputBreaks(gap, added))),
    ...gapsBetween(is, was).map((gap) => change('input', gap, 'minor', inputTakesMore(gap))),
  ];
}

function compareOutputs(before: ToolManifest, after: ToolManifest): Change[] {
  const [was, is] = [before, after].map((tool) => toJsonSchema(tool.schema.output, 'output')) as [
    JsonSchema,
    JsonSchema,
  ];
  const added = namesAdded(was, is);
  return [
    ...gapsBetween(is, was).map((gap) => change('output', gap, 'major', outputBreaks(gap, added))),
    ...gapsBetween(was, is).map((gap) => change('output', gap, 'minor', outputPromisesMore(gap))),
  ];
}

const change = (part: Change['part'], gap: Gap, step: Change['step'], says: string): Change => ({
  part,
  at: gap.at,
  step,
  says,
});

/** `gap`: what the old input allows and the new one does not. */
function inputBreaks(gap: Gap, added: readonly string[]): string {
  if (gap.rule === 'gone') return `${place(gap)} is no longer taken.${renamed(gap, added)}`;
  if (gap.rule === 'required') return `${place(gap)} is required now.${renamed(gap, [])}`;
  if (gap.rule === 'others') return `${place(gap)}: fields or entries that nobody named are no longer taken.`;
  if (gap.rule === 'unclear') return `${place(gap)}: it cannot be told that everything that was valid still is.`;
  return `${place(gap)} is narrower: now ${limit(gap)}${gap.inner === '' ? '' : `, it was ${gap.inner}`}.`;
}

/** `gap`: what the new input allows and the old one did not. */
function inputTakesMore(gap: Gap): string {
  if (gap.rule === 'gone') return `${place(gap)} is new.`;
  if (gap.rule === 'required') return `${place(gap)} may be left out now.`;
  if (gap.rule === 'others') return `${place(gap)}: fields or entries that nobody named are taken now.`;
  if (gap.rule === 'unclear') return `${place(gap)} may take more than before.`;
  return `${place(gap)} takes more: it was ${limit(gap)}${gap.inner === '' ? '' : `, now it is ${gap.inner}`}.`;
}

/** `gap`: what the new output allows and the old one did not. */
function outputBreaks(gap: Gap, added: readonly string[]): string {
  if (gap.rule === 'gone') return `${place(gap)} is new in an output that promised to have no other fields.`;
  if (gap.rule === 'required') return `${place(gap)} is no longer always given.${renamed(gap, added)}`;
  if (gap.rule === 'others')
    return `${place(gap)}: the output may have fields or entries that it promised not to have.`;
  if (gap.rule === 'unclear') return `${place(gap)}: it cannot be told that the output is still what was promised.`;
  return `${place(gap)} may be what it was not before: promised was ${limit(gap)}${gap.inner === '' ? '' : `, now it is ${gap.inner}`}.`;
}

/** `gap`: what the old output allowed and the new one does not. */
function outputPromisesMore(gap: Gap): string {
  if (gap.rule === 'required') return `${place(gap)} is always given now.`;
  if (gap.rule === 'gone' || gap.rule === 'others') return `${place(gap)} is no longer given.`;
  if (gap.rule === 'unclear') return `${place(gap)} may promise more than before.`;
  return `${place(gap)} promises more: ${limit(gap)}.`;
}

const place = (gap: Gap): string => (gap.at === '' ? 'The whole' : gap.at);

const limit = ({ rule, outer }: Gap): string =>
  ({
    type: outer,
    choices: `one of ${outer}`,
    range: outer,
    length: outer,
    pattern: `pattern ${outer}`,
    format: `format ${outer}`,
  })[rule as 'type'] ?? rule;

/** Fields at the top that only the later schema has. */
function namesAdded(was: JsonSchema, is: JsonSchema): readonly string[] {
  const [old, now] = [was.properties, is.properties];
  return isSchema(now) ? Object.keys(now).filter((name) => !isSchema(old) || !Object.hasOwn(old, name)) : [];
}

function renamed({ at }: Gap, added: readonly string[]): string {
  const match = /^\/([^/]+)$/.exec(at)?.[1];
  const near = match === undefined ? undefined : nearest(match, added);
  return near === undefined ? '' : ` Was it renamed to ${near}?`;
}

const partOf = (tool: ToolManifest, key: string): unknown => (tool as Readonly<Record<string, unknown>>)[key];

/** What a tool does to the world and what its output holds is part of what its users and policy go by. */
function stepOf(key: string, is: unknown): Change['step'] {
  if (key === 'name' || key === 'type') return 'major';
  if (key === 'effect') return is === 'read' ? 'minor' : 'major';
  return key === 'data_classes' ? 'minor' : 'patch';
}

function manifestSentence(key: string, was: unknown, is: unknown): string {
  if (isSchema(was) && isSchema(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (inner) => !isDeepStrictEqual(was[inner], is[inner]),
    );
    return keys.map((inner) => `${key}.${inner} ${fromTo(was[inner], is[inner])}.`).join(' ');
  }
  return `${key} ${fromTo(was, is)}.`;
}

function fromTo(was: unknown, is: unknown): string {
  if (was === undefined) return `is new: ${short(is)}`;
  return is === undefined ? `is gone; it was ${short(was)}` : `changed from ${short(was)} to ${short(is)}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
