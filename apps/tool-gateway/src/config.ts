import { z } from 'zod';

/** The gateway's own settings, besides those of every service. */
export const GatewayConfig = z.object({
  VOORMAN_BWRAP: z
    .string()
    .optional()
    .describe('bubblewrap, which builds the sandboxes; none: sandboxed tools are refused'),
  VOORMAN_FUNCTIONS: z
    .string()
    .optional()
    .describe('modules whose functions are tools of type function, divided like PATH'),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** Reads the settings; called by main alone. Empty counts as unset. */
export const loadGatewayConfig = (env: NodeJS.ProcessEnv): GatewayConfig =>
  Object.freeze(GatewayConfig.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))));
