export { cardsOf } from './cards.js';
export type { AgentCard, Capability } from './domain/planner.js';
export { type Session, type SessionCommand, session } from './domain/session.js';
export { settlementOf } from './domain/settlement.js';
export { IntakeHandler } from './intake.handler.js';
export { FOREMAN, type ForemanPorts } from './ports.js';
export { SessionHandler } from './session.handler.js';
export { Sessions } from './sessions.js';
export { Tasks } from './tasks.js';
