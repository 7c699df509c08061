import 'reflect-metadata';
import type { DynamicModule, Type } from '@nestjs/common';
import { VoormanError } from '@voorman/envelope';
import { writeWhole } from '@voorman/files';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { redactText } from '@voorman/redaction';
import { loadSettings, type ServiceSettings } from './config.js';
import { createService } from './create-service.js';
import { type Health, serveHealth } from './health-server.js';
import { faultOf, type OperatorLog, operatorLog } from './journal-lines.js';
import { LogTransport } from './log-transport.js';
import { ServiceMetrics } from './metrics.js';
import { withoutSecrets } from './without-secrets.js';

/** What a service is made of, once it is connected. */
export interface ServiceParts {
  readonly settings: ServiceSettings;
  readonly connection: LogConnection;
  readonly log: OperatorLog;
  readonly metrics: ServiceMetrics;
}

/** What tells one service from another, once it is connected. */
export interface ServiceDefinition {
  readonly module: Type | DynamicModule;
  /** Records handled at once; default 64. */
  readonly slots?: number;
  /** Whether the records of one task are handled one after the other; default true. */
  readonly isOrdered?: boolean;
  readonly buffer?: number;
  /** What `/healthz` says besides the connection. */
  health?(): Health;
  /** Ends what the service began beside its handlers. */
  stop?(): Promise<void> | void;
}

/**
 * Runs one service from its environment until it is told to stop: connects, listens, says that it is ready. SIGTERM and
 * SIGINT let running handlers finish within the grace period and hand the rest back; so does the end of the supervisor.
 * The process ends with code 0 after a clean stop, 1 when it cannot start.
 */
export async function runService(define: (parts: ServiceParts) => Promise<ServiceDefinition>): Promise<void> {
  try {
    await start(define);
  } catch (fault) {
    // Before there is a log of our own, in its shape: one line, and a stack only for what nobody foresaw.
    const told = fault instanceof VoormanError ? fault.toPublic() : faultOf(fault);
    const line = JSON.stringify({ level: 60, msg: 'The service cannot start.', fault: told });
    process.stderr.write(`${redactText(line)}\n`);
    process.exit(1);
  }
}

async function start(define: (parts: ServiceParts) => Promise<ServiceDefinition>): Promise<void> {
  const settings = loadSettings(process.env);
  const log = operatorLog(settings.name, settings.logLevel);
  const metrics = new ServiceMetrics();
  log.info({ servers: settings.servers }, 'Connecting.');
  const connection = withoutSecrets(
    await connectLog({
      servers: settings.servers,
      name: settings.name,
      credentials: { nkeySeed: settings.nkeySeed },
      durability: settings.durability,
      ...(settings.tls === undefined ? {} : { tls: settings.tls }),
      report: (event) => log.warn({ event }, 'The log reports.'),
    }),
  );
  const definition = await define({ settings, connection, log, metrics });
  const slots = settings.slots ?? definition.slots;
  const transport = new LogTransport({
    connection,
    log,
    metrics,
    graceMs: settings.graceMs,
    ...(slots === undefined ? {} : { slots }),
    ...(definition.isOrdered === undefined ? {} : { isOrdered: definition.isOrdered }),
    ...(definition.buffer === undefined ? {} : { buffer: definition.buffer }),
  });
  const service = await createService(definition.module, transport, log);
  const http = await serveHealth(() => healthOf(connection, transport, definition), metrics);

  const stop = once(async (reason: string) => {
    log.info({ reason, held: transport.held }, 'Stopping.');
    try {
      await service.close();
      await definition.stop?.();
      await connection.close();
      await http.close();
    } catch (fault) {
      log.fatal({ fault: faultOf(fault) }, 'The service did not stop in good order.');
      process.exit(1);
    }
    process.exit(0);
  });
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('disconnect', () => void stop('the supervisor is gone'));
  // It may have gone while we were connecting; without a supervisor from the start this is undefined.
  if (process.connected === false) return stop('the supervisor is gone');
  await service.listen();
  await sayReady(settings, http.url);
  log.info({ pid: process.pid, health: http.url }, 'Ready.');
}

function healthOf(connection: LogConnection, transport: LogTransport, definition: ServiceDefinition): Health {
  const bus = connection.health();
  const own = definition.health?.() ?? { ok: true, detail: {} };
  const ok = bus.connected && bus.refusals.length === 0 && own.ok;
  return { ok, detail: { bus, held: transport.held, ...own.detail } };
}

/** Written whole or not at all: whoever waits for the file must not read half of it. */
async function sayReady(settings: ServiceSettings, health: string): Promise<void> {
  if (settings.readyFile === undefined) return;
  await writeWhole(settings.readyFile, JSON.stringify({ name: settings.name, pid: process.pid, health }));
}

const once = <Args extends unknown[]>(act: (...args: Args) => Promise<void>) => {
  let done: Promise<void> | undefined;
  return (...args: Args): Promise<void> => {
    done ??= act(...args);
    return done;
  };
};
