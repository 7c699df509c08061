import { type PublicError, VoormanError } from '@voorman/envelope';

/** What a command returns to its shell; docs/operations.md lists it. */
export const EXIT = {
  ok: 0,
  fault: 1,
  usage: 2,
  notRunning: 3,
  alreadyRunning: 4,
  badInput: 5,
  failed: 10,
  expired: 11,
  cancelled: 12,
  refused: 13,
  interrupted: 130,
} as const;

/** A fault of a command; knows what the shell gets to see. */
export abstract class CommandError extends VoormanError {
  readonly exitCode: number = EXIT.fault;
}

/** The command line does not fit. */
export class UsageError extends CommandError {
  readonly code = 'cli/usage';
  override readonly exitCode = EXIT.usage;

  constructor(
    message: string,
    readonly next = 'See ./voorman --help, or ./voorman COMMAND --help.',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** No supervisor runs on the data folder. */
export class NotRunningError extends CommandError {
  readonly code = 'cli/not-running';
  readonly next: string;
  override readonly exitCode = EXIT.notRunning;

  /** @param flag what has to follow a command, so that it means this folder. */
  constructor(data: string, flag = '') {
    super(`No stack is running on ${data}.`);
    this.next = `Start it with: ./voorman up --detach${flag}`;
  }
}

/** A supervisor runs, and its services are not all there yet, or it is stopping. */
export class NotReadyError extends CommandError {
  readonly code = 'cli/not-ready';
  readonly next = 'Wait a moment and repeat the command; voorman status shows how far it is.';
  override readonly exitCode = EXIT.notRunning;
  override readonly retryable = true;

  constructor(data: string, phase: string) {
    super(`The stack on ${data} is ${phase}.`);
  }
}

/** Two supervisors on one data folder would start everything twice. */
export class AlreadyRunningError extends CommandError {
  readonly code = 'cli/already-running';
  readonly next = 'Use it as it is, stop it with voorman down, or give --data DIR for a second stack.';
  override readonly exitCode = EXIT.alreadyRunning;

  constructor(data: string, pid: number) {
    super(`A stack already runs on ${data} (supervisor pid ${pid}).`);
  }
}

/** The data folder cannot carry a stack. */
export class DataFolderError extends CommandError {
  readonly code = 'cli/data-folder';

  constructor(
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A process of the stack does not come up. */
export class StartFailedError extends CommandError {
  readonly code = 'cli/start-failed';
  readonly next: string;

  constructor(what: string, logFile: string, options?: ErrorOptions) {
    super(what, options);
    this.next = `Its log says more: ${logFile}`;
  }
}

/** A part of the clone is not there, or was never compiled. */
export class NotBuiltError extends CommandError {
  readonly code = 'cli/not-built';
  readonly next = 'Build it with: npm run build';

  constructor(what: string) {
    super(`${what} was not built.`);
  }
}

/** A file that the user named cannot be used. */
export class BadFileError extends CommandError {
  readonly code = 'cli/bad-file';
  override readonly exitCode = EXIT.badInput;

  constructor(
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Nobody, or somebody else, has the name that the user gave. */
export class NameError extends CommandError {
  readonly code = 'cli/name';
  override readonly exitCode = EXIT.badInput;

  constructor(
    message: string,
    readonly next: string,
  ) {
    super(message);
  }
}

/** The supervisor refused a request, or did not answer. */
export class ControlError extends CommandError {
  readonly code = 'cli/control';

  constructor(
    message: string,
    readonly next = 'Look at voorman status and at the logs in the data folder.',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A fault that another process met and told, with everything that it said of it. */
export class ToldError extends CommandError {
  readonly code = 'cli/told';
  readonly next: string;
  override readonly exitCode: number;

  constructor(private readonly fault: PublicError & { readonly exitCode: number }) {
    super(fault.message);
    this.next = fault.next;
    this.exitCode = fault.exitCode;
  }
  override toPublic(): PublicError {
    const { code, message, next } = this.fault;
    return { code, message, next };
  }
}
