import { VoormanError } from '@voorman/envelope';

/** Nobody answered at Vault's address, or not in time, or it is sealed. */
export class VaultUnavailableError extends VoormanError {
  readonly code = 'vault/unavailable';
  readonly next = 'Check that Vault runs, is unsealed, and can be reached from the tool-gateway.';
  override readonly retryable = true;

  constructor(options?: ErrorOptions) {
    super('Vault does not answer.', options);
  }
}

/** Vault knows the gateway not at all, or lets it not do this. */
export class VaultForbiddenError extends VoormanError {
  readonly code = 'vault/forbidden';
  readonly next = 'Check the token or the role of the tool-gateway, and which paths its Vault policy allows.';

  constructor(options?: ErrorOptions) {
    super('Vault refuses the tool-gateway.', options);
  }
}

/** There is nothing at this path of Vault. */
export class VaultMissingError extends VoormanError {
  readonly code = 'vault/missing';
  readonly next = 'Check the path; that of a KV store of version 2 has data after its mount.';

  constructor(options?: ErrorOptions) {
    super('Vault has nothing at this path.', options);
  }
}

/** Vault answered with something that is no answer to the question. */
export class VaultAnswerError extends VoormanError {
  readonly code = 'vault/bad-answer';
  readonly next = 'Check that the address is Vault’s, and what the path leads to.';

  constructor(
    /** What was wrong, for the operator. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super('Vault gave an answer that cannot be used.', options);
  }
}

/** The authority that should sign certificates cannot be used. */
export class PkiUnavailableError extends VoormanError {
  readonly code = 'pki/unavailable';
  readonly next = 'Look at the log of the tool-gateway, which says why no certificate could be issued.';

  constructor(
    options?: ErrorOptions,
    override readonly retryable = true,
  ) {
    super('No certificate could be issued for this call.', options);
  }
}

/** The authority issued a certificate that says something else than was asked. */
export class CertificateMismatchError extends VoormanError {
  readonly code = 'pki/mismatch';
  readonly next = 'Use a path of the authority that keeps the subject as it is asked, such as pki/sign-verbatim.';

  constructor(
    /** What differs, for the operator. */
    readonly detail: string,
  ) {
    super('The authority issued a certificate that does not name agent and tool.');
  }
}

/** The root key of the local authority cannot be read or made. */
export class RootKeyError extends VoormanError {
  readonly code = 'pki/root-key';
  readonly next =
    'Let this user alone read and write the pki folder of the data folder; remove authority.pem to begin anew.';

  constructor(
    /** What is wrong with it, for the operator. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super('The root key of the local authority cannot be used.', options);
  }
}
