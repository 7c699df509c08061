import type { LoggerService } from '@nestjs/common';
import { destination, type Logger, pino } from 'pino';

/** What a service tells its operator: one JSON line an event, on standard error. */
export type OperatorLog = Logger;

export const operatorLog = (name: string, level: string): OperatorLog =>
  pino({ name, level, redact: ['*.nkeySeed', '*.password'] }, destination(2));

/** Nest's own messages in the same shape; its start-up chatter is for debugging only. */
export const nestLogger = (log: OperatorLog): LoggerService => ({
  log: (message) => log.debug(String(message)),
  error: (message, ...rest) => log.error({ detail: rest.map(String) }, String(message)),
  warn: (message) => log.warn(String(message)),
  debug: (message) => log.debug(String(message)),
  verbose: (message) => log.debug(String(message)),
});
