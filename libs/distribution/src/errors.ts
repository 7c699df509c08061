import { VoormanError } from '@voorman/envelope';

/** A tool's folder, or the bytes that somebody calls its package, cannot be a package. */
export class UnusablePackageError extends VoormanError {
  readonly code = 'registry/unusable-package';
  readonly next = 'Correct the tool’s folder and publish it again: voorman tools check says what is wrong.';

  constructor(what: string, why: string, options?: ErrorOptions) {
    super(`The package of ${what} cannot be used: ${why}.`, options);
  }
}

/** A tool is vouched for, and its files are not here yet. */
export class NotLaidOutError extends VoormanError {
  readonly code = 'registry/not-laid-out';
  readonly next = 'Wait a moment; if it stays so, look at the log of the tool-gateway.';
  override readonly retryable = true;

  constructor(tool: string) {
    super(`The files of ${tool} are being fetched.`);
  }
}

/** The store holds an index that is none, or that names packages which are not there. */
export class UnusableIndexError extends VoormanError {
  readonly code = 'registry/unusable-index';
  readonly next = 'Publish the registry again: voorman tools publish. Until then the tools in use stay in use.';

  constructor(why: string, options?: ErrorOptions) {
    super(`The published registry cannot be used: ${why}.`, options);
  }
}
