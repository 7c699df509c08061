import { z } from 'zod';
import type { ChildPhase } from './child.js';

const Page = z.looseObject({ status: z.string(), bundle: z.string().optional() });

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

async function ask(health: string): Promise<z.infer<typeof Page> | undefined> {
  try {
    const answer = await fetch(`${health}/healthz`, { signal: AbortSignal.timeout(1_000) });
    return Page.parse(await answer.json());
  } catch {
    return undefined; // frozen, or dead since a moment ago: what the caller asks
  }
}
