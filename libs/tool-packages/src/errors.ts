import { VoormanError } from '@voorman/envelope';

/** A tool's folder that cannot become a package, or a package that is not what its statement says. */
export class PackageError extends VoormanError {
  readonly code = 'package/unusable';
  readonly next = 'Compare the tool’s folder with docs/registry.md, then sign and publish it again.';

  constructor(what: string, why: string, options?: ErrorOptions) {
    super(`${what} cannot be used as a package: ${why}.`, options);
  }
}

/** The registry has no such revision, or not any more. */
export class UnknownRevisionError extends VoormanError {
  readonly code = 'package/unknown-revision';
  readonly next = 'Begin a new session: it uses the registry as it is now.';

  constructor(revision: string) {
    super(`The registry has no revision ${revision}.`);
  }
}
