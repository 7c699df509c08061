import { VoormanError } from '@voorman/envelope';

const SIGN = 'Sign it with a key that deploy/registry/trust knows: voorman tools sign.';

/** A signature was not accepted; its code says why. */
export abstract class SignatureRefusedError extends VoormanError {}

/** There is no signature, or no envelope that could hold one. */
export class UnsignedError extends SignatureRefusedError {
  readonly code = 'signing/unsigned';
  readonly next = SIGN;

  constructor(what: string) {
    super(`${what} is not signed.`);
  }
}

/** What was signed is not what is here. */
export class ChangedError extends SignatureRefusedError {
  readonly code = 'signing/changed';
  readonly next = 'Compare it with what was signed; if the change is meant, sign it again.';

  constructor(what: string, how: string) {
    super(`${what} is not what was signed: ${how}.`);
  }
}

/** The signature, or the trust in its key, is too old or too young. */
export class ExpiredError extends SignatureRefusedError {
  readonly code = 'signing/expired';
  readonly next = SIGN;

  constructor(what: string, why: string) {
    super(`${what} cannot be trusted at this time: ${why}.`);
  }
}

/** The key was taken back. */
export class RevokedError extends SignatureRefusedError {
  readonly code = 'signing/revoked';
  readonly next = SIGN;

  constructor(what: string, names: readonly string[]) {
    super(`${what} is signed with a key that was revoked: ${names.join(', ')}.`);
  }
}

/** Nobody that is trusted for this signed it. */
export class StrangerError extends SignatureRefusedError {
  readonly code = 'signing/stranger';
  readonly next = SIGN;

  constructor(what: string, keyids: readonly string[]) {
    super(`${what} is signed by nobody who is trusted for it (${keyids.join(', ')}).`);
  }
}

/** Fewer trusted people signed than have to. */
export class TooFewSignersError extends SignatureRefusedError {
  readonly code = 'signing/too-few';
  readonly next = 'Have another trusted person sign it too: voorman tools sign adds a signature.';

  constructor(what: string, found: number, needed: number) {
    super(`${what} has ${found} trusted signature${found === 1 ? '' : 's'} and needs ${needed}.`);
  }
}

/** A key, or a file of the trust folder, that cannot be used. */
export class UnusableKeyError extends VoormanError {
  readonly code = 'signing/unusable-key';
  readonly next =
    'A key is an Ed25519 private key in PEM; docs/registry.md shows how to make one and how to trust one.';

  constructor(where: string, why: string, options?: ErrorOptions) {
    super(`${where} cannot be used: ${why}.`, options);
  }
}
