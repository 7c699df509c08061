import type { Bundles, Clock, Ids, Log } from '@voorman/log';
import type { Bundle } from '@voorman/policy';
import type { PolicyCompiler, PolicySources } from '@voorman/policy/authoring';
import type { Problem } from '@voorman/registry';
import type { SigningKey } from '@voorman/signing';

/** Sources with what of the registry cannot be used: such an agent or tool is simply not there for the rules. */
export interface ReadSources {
  readonly sources: PolicySources;
  readonly problems: readonly Problem[];
}

/** What publishing needs of the world. */
export interface PublishPorts {
  readonly log: Log;
  readonly bundles: Bundles;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly compiler: PolicyCompiler;
  /** The key that bundles are signed with, as it is at this moment. @throws {UnusableKeyError} there is none. */
  readonly signer: () => Promise<SigningKey>;
  /** Whether enforcement points will take a bundle. @throws {BundleRejectedError} its signatures are not enough for them. */
  readonly requireTrusted: (bundle: Bundle) => Promise<void>;
}
