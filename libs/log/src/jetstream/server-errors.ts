import { VoormanError } from '@voorman/envelope';
import type { ServerAddress } from './server-address.js';

/** The server ended before it was ready, or was not ready in time. */
export class NatsStartError extends VoormanError {
  readonly code = 'log/server-start';
  readonly next: string;

  constructor(complaint: string, logFile: string, options?: ErrorOptions) {
    super(`nats-server did not start: ${complaint}`, options);
    this.next = `Free the port, the disk or the memory if it says so, and start again; more stands in ${logFile}.`;
  }
}

/** A configuration that the server refuses. */
export class NatsConfigError extends VoormanError {
  readonly code = 'log/server-config';
  readonly next = 'Let the file be written anew; a server that runs keeps its old configuration.';

  constructor(file: string, complaint: string) {
    super(`nats-server refuses ${file}: ${complaint}`);
  }
}

/** Two servers on one store would destroy it. */
export class NatsAlreadyRunningError extends VoormanError {
  readonly code = 'log/server-running';
  readonly next = 'Stop that server first, or use another data folder.';

  constructor(
    readonly running: ServerAddress,
    dataDir: string,
  ) {
    super(`A NATS server (pid ${running.pid}) already runs on ${dataDir}.`);
  }
}
