import { VoormanError } from '@voorman/envelope';

/** The rules do not compile, or a test of theirs fails. Nothing was published. */
export class PolicyRejectedError extends VoormanError {
  readonly code = 'policy/rejected';
  readonly next = 'Correct the file; the bundle that was published before stays in force.';

  constructor(
    /** One sentence each, with file and line where there is one. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    super(`The policy is not published: ${problems[0] ?? 'it was rejected without a reason.'}${more}`, options);
  }
}

/** The policy folder cannot be read. Nothing was published. */
export class PolicyUnreadableError extends VoormanError {
  readonly code = 'policy/unreadable';
  readonly next = 'Check the folder and its permissions; the bundle that was published before stays in force.';

  constructor(what: string, options?: ErrorOptions) {
    super(`The policy cannot be read: ${what}.`, options);
  }
}

/** The `opa` command itself failed. Nothing was published. */
export class CompilerFaultError extends VoormanError {
  readonly code = 'policy/compiler-fault';
  readonly next = 'Run the same `opa` command by hand; check its version, memory and disk space.';

  constructor(what: string, options?: ErrorOptions) {
    super(`The policy compiler failed: ${what}.`, options);
  }
}
