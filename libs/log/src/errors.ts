import { VoormanError } from '@voorman/envelope';

/** The boundary moved since `after`. */
export class ConditionFailedError extends VoormanError {
  readonly code = 'log/condition-failed';
  readonly next = 'Read the boundary up to the given position and decide again.';
  override readonly retryable = true;

  constructor(
    readonly boundary: string,
    readonly after: number,
    /** Position of the boundary's last record now. */
    readonly position: number,
  ) {
    super(`Something was recorded in ${boundary} after position ${after}: it now ends at ${position}.`);
  }
}

/** A condition that would guard nothing, since its boundary does not cover the record itself. */
export class BoundaryMisfitError extends VoormanError {
  readonly code = 'log/boundary-misfit';
  readonly next = 'Build the boundary from the same tenant, session and task as the record.';

  constructor(boundary: string, subject: string) {
    super(`The boundary ${boundary} does not cover the record ${subject} that it is to guard.`);
  }
}

/** The log did not settle the append in time; it may or may not be recorded. */
export class LogUnavailableError extends VoormanError {
  readonly code = 'log/unavailable';
  readonly next = 'Check that the NATS server runs; repeat with the same record id, a copy is recognised.';
  override readonly retryable = true;

  constructor(what: string, options?: ErrorOptions) {
    super(`The log did not answer: ${what}.`, options);
  }
}

/** Another record already carries this id. */
export class IdTakenError extends VoormanError {
  readonly code = 'log/id-taken';
  readonly next = 'Give the record an id of its own.';

  constructor(id: string) {
    super(`Another record has the id ${id}; this one was not recorded.`);
  }
}

/** The bus refuses this writer this subject. */
export class LogForbiddenError extends VoormanError {
  readonly code = 'log/forbidden';
  readonly next = 'Check which targets the registry and the policy allow this agent.';

  constructor(
    readonly subject: string,
    options?: ErrorOptions,
  ) {
    super(`The bus refuses ${subject} to this user.`, options);
  }
}

/** No room is left in the log. */
export class LogFullError extends VoormanError {
  readonly code = 'log/full';
  readonly next = 'Free disk space or raise the size of the log, then try again.';
  override readonly retryable = true;

  constructor(options?: ErrorOptions) {
    super('The log is full: nothing was recorded.', options);
  }
}

/** The stored payload is not there. */
export class PayloadMissingError extends VoormanError {
  readonly code = 'log/payload-missing';
  readonly next = 'Attach the file again.';

  constructor(ref: string) {
    super(`The content ${ref} is not in the object store.`);
  }
}

/** The stored payload is not what its reference says. */
export class PayloadCorruptError extends VoormanError {
  readonly code = 'log/payload-corrupt';
  readonly next = 'Attach the file again; what is stored is not trusted.';

  constructor(ref: string) {
    super(`The content ${ref} does not have the digest of its reference.`);
  }
}

/** A handler found that no repetition can help: quarantine the record now. */
export class PoisonRecordError extends VoormanError {
  readonly code = 'log/poison-record';
  readonly next = 'Look at the quarantined record; publish a corrected one.';
}

/** The server cannot carry the log. */
export class ServerTooOldError extends VoormanError {
  readonly code = 'log/server-too-old';
  readonly next = 'Start nats-server 2.15 or newer with JetStream.';

  constructor(version: string) {
    super(`nats-server ${version} cannot carry the log.`);
  }
}

/** A stream or consumer differs in something that only a person may decide. */
export class StreamDriftError extends VoormanError {
  readonly code = 'log/stream-drift';
  readonly next = 'Compare the stream with docs/operations.md and change it by hand, or use another data folder.';

  constructor(stream: string, differences: readonly string[]) {
    super(`${stream} is not as it should be: ${differences.join('; ')}.`);
  }
}
