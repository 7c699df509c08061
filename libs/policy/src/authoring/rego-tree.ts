import { z } from 'zod';
import { type RunLimits, rejectionOf, runOpa } from './opa-process.js';

/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly row: number;
  readonly col: number;
}

const Tree = z.looseObject({
  package: z.looseObject({ path: z.array(z.unknown()) }),
  rules: z.array(z.unknown()).optional(),
});
/** A Rego file as the parser sees it. */
export type RegoTree = z.infer<typeof Tree>;

/**
 * Parses one file.
 * @param rego the syntax that it is written in.
 * @throws {PolicyRejectedError} it cannot be parsed.
 */
export async function parseRego(
  opa: string,
  folder: string,
  file: string,
  rego: 0 | 1,
  limits: RunLimits,
): Promise<RegoTree> {
  const syntax = rego === 0 ? ['--v0-compatible'] : [];
  const args = ['parse', '--format', 'json', '--json-include', 'locations', ...syntax, file];
  const ended = await runOpa(opa, folder, args, limits);
  if (ended.code !== 0) throw rejectionOf('parse', ended);
  return Tree.parse(JSON.parse(ended.stdout));
}

/** Whether two files mean the same: their rules are equal but for where they stand and how they are spelled. */
export const meansTheSame = (a: RegoTree, b: RegoTree): boolean =>
  JSON.stringify(meaningOf(a.rules ?? [])) === JSON.stringify(meaningOf(b.rules ?? []));

const SPELLING = new Set(['location', 'alias_location', 'assign', 'comments', 'annotations', 'text']);

function meaningOf(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meaningOf);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => !SPELLING.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, meaningOf(inner)]),
  );
}

/** Every place at which a file's imports and rules name the root document `data`, each once. */
export function placesOfData({ package: _named, ...rest }: RegoTree): Place[] {
  const found = new Map<string, Place>();
  visit(rest, (node) => {
    if (node.type !== 'var' || node.value !== 'data') return;
    const place = Placed.safeParse(node.location);
    if (place.success) found.set(`${place.data.row}:${place.data.col}`, place.data);
  });
  return [...found.values()];
}

/** Where the name of a file's package begins. */
export function placeOfPackage(tree: RegoTree): Place | undefined {
  const [, first] = tree.package.path;
  return typeof first === 'object' && first !== null && 'location' in first
    ? Placed.safeParse(first.location).data
    : undefined;
}

const Placed = z.object({ row: z.int(), col: z.int() });

function visit(node: unknown, seen: (node: Readonly<Record<string, unknown>>) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) seen(node as Record<string, unknown>);
  for (const inner of Object.values(node)) visit(inner, seen);
}
