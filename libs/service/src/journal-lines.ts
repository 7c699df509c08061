import type { LoggerService } from '@nestjs/common';
import { redactSecrets, redactText } from '@voorman/redaction';
import { type DestinationStream, destination, type Logger, pino } from 'pino';

/** What a service tells its operator: one JSON line an event, on standard error, and never a secret. */
export type OperatorLog = Logger;

/** @param to where the lines go; default: standard error. */
export const operatorLog = (name: string, level: string, to: DestinationStream = destination(2)): OperatorLog =>
  pino({ name, level, hooks: { streamWrite: lineWithoutSecrets } }, to);

/** The finished line is looked at, whoever filled it; where anything is found, field by field, so that it stays JSON. */
const lineWithoutSecrets = (line: string): string =>
  redactText(line) === line ? line : `${JSON.stringify(redactSecrets(JSON.parse(line)))}\n`;

/** Nest's own messages in the same shape; its start-up chatter is for debugging only. */
export const nestLogger = (log: OperatorLog): LoggerService => ({
  log: (message) => log.debug(String(message)),
  error: (message, ...rest) => log.error({ detail: rest.map(String) }, String(message)),
  warn: (message) => log.warn(String(message)),
  debug: (message) => log.debug(String(message)),
  verbose: (message) => log.debug(String(message)),
});

/** A fault as an operator sees it, cause and stack included. Nothing of it may reach a user or a bot. */
export const faultOf = (fault: unknown): object =>
  fault instanceof Error
    ? {
        name: fault.name,
        message: fault.message,
        ...('code' in fault ? { code: fault.code } : {}),
        stack: fault.stack,
        ...(fault.cause === undefined ? {} : { cause: faultOf(fault.cause) }),
      }
    : { message: String(fault) };
