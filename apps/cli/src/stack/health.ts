import { z } from 'zod';
import type { ChildPhase } from './child.js';

/** A tool of the published registry that a gateway does not use, and why. */
const LeftOut = z.object({
  tool: z.string(),
  version: z.string(),
  revision: z.string(),
  fault: z.object({ code: z.string(), message: z.string(), next: z.string() }),
});
export type LeftOut = z.infer<typeof LeftOut>;

/** Why a service does not use what it was given last, as it says itself. */
const Trouble = z.object({ code: z.string(), message: z.string(), next: z.string() });
export type Trouble = z.infer<typeof Trouble>;

const Page = z.looseObject({
  status: z.string(),
  problem: Trouble.optional(),
  bundle: z.string().optional(),
  registry: z.string().optional(),
  left_out: z.array(LeftOut).optional(),
});

/** What a gateway says of its tools; `undefined` for who has none, or does not answer. */
export async function toolsOf(
  health: string | undefined,
): Promise<{ readonly registry: string; readonly leftOut: readonly LeftOut[] } | undefined> {
  const page = health === undefined ? undefined : await ask(health);
  return page?.registry === undefined ? undefined : { registry: page.registry, leftOut: page.left_out ?? [] };
}

/** How a process is: what its supervisor knows of it, or what it says itself when asked. */
export async function stateOf(phase: ChildPhase, health: string | undefined): Promise<string> {
  if (phase !== 'ready' || health === undefined) return phase;
  const page = await ask(health);
  if (page === undefined) return 'unresponsive';
  return page.status === 'ok' ? 'ready' : 'unhealthy';
}

/** The policy bundle that an enforcement point decides by; `undefined` while it has none. */
export async function bundleOf(health: string | undefined): Promise<string | undefined> {
  const bundle = health === undefined ? undefined : (await ask(health))?.bundle;
  return bundle === 'none' ? undefined : bundle;
}

/** What keeps a service from using its newest files, such as a policy whose tests fail; it goes on with what it had. */
export const troubleOf = async (health: string | undefined): Promise<Trouble | undefined> =>
  health === undefined ? undefined : (await ask(health))?.problem;

async function ask(health: string): Promise<z.infer<typeof Page> | undefined> {
  try {
    const answer = await fetch(`${health}/healthz`, { signal: AbortSignal.timeout(1_000) });
    return Page.parse(await answer.json());
  } catch {
    return undefined; // frozen, or dead since a moment ago: what the caller asks
  }
}
