import { VoormanError } from '@voorman/envelope';

/** Bytes that are no bundle, not the bundle that was built, or one that the engine cannot run. Nothing changed. */
export class BundleRejectedError extends VoormanError {
  readonly code = 'policy/bundle-rejected';
  readonly next = 'Publish the bundle again with the policy service; until then the one in force stays in force.';

  constructor(
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`The policy bundle was rejected: ${problem}.`, options);
  }
}

/** A decision that the policy could not make. Whoever asked gets a refusal; this goes to the operator. */
export class PolicyFaultError extends VoormanError {
  readonly code = 'policy/fault';
  readonly next = 'Repair the policy for this input; `opa eval` with the same input shows where it stops.';

  constructor(
    readonly revision: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`The policy ${revision} could not decide: ${problem}.`, options);
  }
}
