/** What of an error may leave the process: a code, a sentence, a next step. Never a stack trace, a path or a secret. */
export interface PublicError {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/**
 * The root of every error that Voorman raises on purpose.
 * `code` is `<area>/<what>`, is never renamed, and is listed in docs/errors.md. Callers compare `code`, not the class:
 * a code survives serialisation and two copies of a package.
 */
export abstract class VoormanError extends Error {
  abstract readonly code: `${string}/${string}`;
  /** What the reader can do now. */
  abstract readonly next: string;
  /** Whether the same attempt may succeed later, unchanged. */
  readonly retryable: boolean = false;

  override get name(): string {
    return this.constructor.name;
  }

  toPublic(): PublicError {
    return { code: this.code, message: this.message, next: this.next };
  }
}

/** True where `fault` carries this code; also for an error that came from another copy of this package. */
export const hasCode = (fault: unknown, code: string): boolean =>
  typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === code;

/** True where the fault itself says that the same attempt may succeed later; also for one from another copy of this package. */
export const isRetryable = (fault: unknown): boolean =>
  typeof fault === 'object' && fault !== null && 'retryable' in fault && fault.retryable === true;

/** A token that would not survive as part of a subject. */
export class InvalidTokenError extends VoormanError {
  readonly code = 'envelope/invalid-token';
  readonly next = 'Use 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.';

  constructor(
    readonly field: string,
    readonly given: string,
  ) {
    super(`${field} "${given.slice(0, 80)}" is not a valid token.`);
  }
}

/** A message that is no envelope, or an envelope whose payload does not fit its record type. */
export class InvalidEnvelopeError extends VoormanError {
  readonly code = 'envelope/invalid';
  readonly next = 'Compare the message with docs/protocol/envelope.schema.json.';

  constructor(
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`The message is not a valid envelope: ${problems.slice(0, 5).join('; ')}.`, options);
  }
}

/** A subject that is not an address of the log, or that says something else than the envelope it carries. */
export class SubjectMismatchError extends VoormanError {
  readonly code = 'envelope/subject-mismatch';
  readonly next = 'Publish the envelope under log.<target>.<tenant>.<session>.<task>.<source> with its own fields.';

  constructor(readonly subject: string) {
    super(`The subject "${subject.slice(0, 400)}" does not match its envelope.`);
  }
}

/** An envelope that is larger than the log accepts. */
export class EnvelopeTooLargeError extends VoormanError {
  readonly code = 'envelope/too-large';
  readonly next = 'Put large content into an attachment and send its reference.';

  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`The envelope has ${bytes} bytes; at most ${maxBytes} are accepted.`);
  }
}
