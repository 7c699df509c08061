/** What has an order: an id and the ids it waits for. */
export interface Ordered {
  readonly id: string;
  readonly depends_on: readonly string[];
}

/** The steps that may begin: not begun yet, and everything they depend on is done. In the order they are declared. */
export const readySteps = <Step extends Ordered>(
  steps: readonly Step[],
  isBegun: (id: string) => boolean,
  isDone: (id: string) => boolean,
): Step[] => steps.filter((step) => !isBegun(step.id) && step.depends_on.every(isDone));

/** Ids of steps that wait for each other, in a circle, or `undefined`. */
export function cycleIn(steps: readonly Ordered[]): string[] | undefined {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const cleared = new Set<string>();
  const visit = (id: string, path: readonly string[]): string[] | undefined => {
    if (cleared.has(id)) return undefined;
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    for (const needed of byId.get(id)?.depends_on ?? []) {
      const cycle = visit(needed, [...path, id]);
      if (cycle) return cycle;
    }
    cleared.add(id);
    return undefined;
  };
  for (const step of steps) {
    const cycle = visit(step.id, []);
    if (cycle) return cycle;
  }
  return undefined;
}
