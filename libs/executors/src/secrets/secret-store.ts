import { VoormanError } from '@voorman/envelope';
import type { SecretRef } from '@voorman/registry';

/** Where secrets come from. What it gives stands in no error, log or record: whoever reads one keeps it to himself. */
export interface SecretStore {
  /**
   * The value of now; at most a few seconds old.
   * @throws {SecretMissingError} @throws {SecretForbiddenError} @throws {SecretUnavailableError}
   */
  read(ref: SecretRef): Promise<string>;
}

/** A reference that leads to no value. */
export class SecretMissingError extends VoormanError {
  readonly code = 'secret/missing';
  readonly next = 'Tell whoever runs the tool-gateway: its log says which secret is missing.';

  constructor(
    /** Which and where, for the operator alone. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super('A secret that this tool needs is not there.', options);
  }
}

/** A reference that leads where no tool may look. */
export class SecretForbiddenError extends VoormanError {
  readonly code = 'secret/forbidden';
  readonly next = 'Tell whoever runs the tool-gateway: its log says which secret no tool may have.';

  constructor(
    /** Which and why, for the operator alone. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super('A secret that this tool names is not for tools.', options);
  }
}

/** The place of the secret does not answer, or is not set up. */
export class SecretUnavailableError extends VoormanError {
  readonly code = 'secret/unavailable';
  readonly next = 'Ask again later, or tell whoever runs the tool-gateway.';

  constructor(
    /** What does not answer, for the operator alone. */
    readonly detail: string,
    override readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super('A secret that this tool needs cannot be read.', options);
  }
}

/** Everything that a store throws. */
export type SecretError = SecretMissingError | SecretForbiddenError | SecretUnavailableError;
/** Whether a fault is about a secret, and so may be told to a bot in its own words. */
export const isSecretError = (fault: unknown): fault is SecretError =>
  fault instanceof SecretMissingError ||
  fault instanceof SecretForbiddenError ||
  fault instanceof SecretUnavailableError;
