import { createHash } from 'node:crypto';
import type { Token } from './token.js';

/** A call as the gateway knows it for certain, whatever the bot says. */
export interface KnownCall {
  readonly tenant: Token;
  readonly session: Token;
  /** Who asked: the source of the request, which the bus proves. */
  readonly bot: Token;
  /** The bot's own name for the call. It may be anything, also another bot's. */
  readonly callId: Token;
}

/** What the key is for, so that no other digest over the same words is ever equal to one. */
const PURPOSE = 'voorman idempotency key 1';

/**
 * The key under which a call reaches the world, for instance as `Idempotency-Key`: the same for every attempt of a call,
 * another for every other call. A bot chooses its call ids, so an id alone could be used up at a service by another bot
 * that may use the same tool; this key holds who asked, and in whose session. It does not tell any of these.
 * 43 characters of base64url (256 bits): a token.
 */
export const idempotencyKey = ({ tenant, session, bot, callId }: KnownCall): Token =>
  createHash('sha256')
    .update(JSON.stringify([PURPOSE, tenant, session, bot, callId]))
    .digest('base64url');
