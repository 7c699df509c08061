import type { Decision, Obligation } from '@voorman/envelope';
import { z } from 'zod';

/*
 * What policy may ask for along with an allow. An enforcement point carries out every obligation that it is given, or
 * refuses: one of an unknown type, or of a known type in another shape, asks for something that nobody would do.
 */

const Pointer = z
  .string()
  .max(512)
  .regex(/^(\/([^/~]|~[01])*)*$/, 'must be a JSON pointer, such as /rows/0/email');

/** The obligations that enforcement points know, by `type`. */
export const KnownObligation = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('redact'), fields: z.array(Pointer).min(1).max(200) })
    .describe('take these fields out of the result before it is recorded'),
  z
    .strictObject({ type: z.literal('cap_rows'), max: z.int().min(0) })
    .describe('hand on at most so many rows of the result'),
  z
    .strictObject({ type: z.literal('need_approval'), reason: z.string().max(500).optional() })
    .describe('ask a person before anything happens'),
  z.strictObject({ type: z.literal('draft') }).describe('prepare it, and do not send it'),
  z
    .strictObject({
      type: z.literal('add_condition'),
      table: z.string().min(1).max(256),
      where: z.string().min(1).max(1_000),
    })
    .describe('let the statement see only the rows of the table for which this holds'),
  z
    .strictObject({ type: z.literal('sandbox'), profile: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/) })
    .describe('run the program in the sandbox of this profile'),
]);
export type KnownObligation = z.infer<typeof KnownObligation>;

/** All that a decision obliges to, combined: each field says what is to be done, and is absent or empty where nothing is. */
export interface Obligations {
  /** JSON pointers into the result. */
  readonly redact: readonly string[];
  /** The smallest of all caps. */
  readonly capRows?: number;
  /** Present where a person must agree first; the reasons of all who want that. */
  readonly needApproval?: { readonly reasons: readonly string[] };
  readonly draft: boolean;
  readonly addConditions: readonly { readonly table: string; readonly where: string }[];
  readonly sandbox?: string;
}

export type ReadObligations =
  | { readonly known: Obligations }
  /** The type that is not known, or that is known in another shape: the answer must be a refusal. */
  | { readonly unknown: string };

const NONE: ReadObligations = { known: { redact: [], draft: false, addConditions: [] } };

/**
 * What a decision obliges to, several rules' obligations combined: the smallest cap, every field, every condition.
 * Two different sandboxes contradict each other, and nobody can run in both: that is a refusal too.
 */
export function readObligations(decision: Pick<Decision, 'obligations'>): ReadObligations {
  if (decision.obligations === undefined || decision.obligations.length === 0) return NONE;
  const read = decision.obligations.map((each) => ({ type: each.type, parsed: KnownObligation.safeParse(each) }));
  const unknown = read.find((each) => !each.parsed.success);
  if (unknown !== undefined) return { unknown: unknown.type };
  const known = read.flatMap(({ parsed }) => (parsed.success ? [parsed.data] : []));
  const sandboxes = new Set(known.flatMap((each) => (each.type === 'sandbox' ? [each.profile] : [])));
  if (sandboxes.size > 1) return { unknown: 'sandbox' };
  const [sandbox] = sandboxes;
  const caps = known.flatMap((each) => (each.type === 'cap_rows' ? [each.max] : []));
  const approvals = known.filter((each) => each.type === 'need_approval');
  return {
    known: {
      redact: [...new Set(known.flatMap((each) => (each.type === 'redact' ? each.fields : [])))],
      draft: known.some((each) => each.type === 'draft'),
      addConditions: known.flatMap((each) =>
        each.type === 'add_condition' ? [{ table: each.table, where: each.where }] : [],
      ),
      ...(caps.length === 0 ? {} : { capRows: Math.min(...caps) }),
      ...(approvals.length === 0
        ? {}
        : { needApproval: { reasons: [...new Set(approvals.flatMap((each) => each.reason ?? []))] } }),
      ...(sandbox === undefined ? {} : { sandbox }),
    },
  };
}

/** How many obligations one decision may hold. */
export const MAX_OBLIGATIONS = 20;

/** The same obligations, each once. Rules that say the same thing must not use up the room of a record. */
export function distinctObligations(all: readonly Obligation[]): Obligation[] {
  const seen = new Map<string, Obligation>();
  for (const each of all) seen.set(JSON.stringify(each), each);
  return [...seen.values()];
}
