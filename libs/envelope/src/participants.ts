import type { Token } from './token.js';

/** Who plans, delegates, watches and answers; the reader of the inbox. */
export const FOREMAN = 'orchestrator' satisfies Token;

/** The only way from a bot to the world. */
export const GATEWAY = 'tool-gateway' satisfies Token;

/** The publisher that acts for whoever runs the stack: reads everything, and may end what others asked for. */
export const OPERATOR = 'cli' satisfies Token;
