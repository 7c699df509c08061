import type { Fault, JsonObject } from '@voorman/envelope';
import type { SecretRef } from '@voorman/registry';
import type { Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import { Masking } from '../secrets/masking.js';
import { isSecretError, type SecretStore, SecretUnavailableError } from '../secrets/secret-store.js';
import { failed, unknown } from '../tool-answer.js';
import { connectionLost, limitNotKept, notBegun, stopped, timedOut, unreachable } from '../tool-faults.js';
import { insecure, rejected } from './mail-faults.js';
import { type MailManifest, type MailMessage, messageIdOf, messageOf } from './mail-message.js';
import { type Access, composed, MailNotSentError, type Sent, send } from './smtp.js';

/** What a gateway gives to whoever writes its mail. */
export interface MailExecutorOptions {
  /** Where passwords come from. Default: there are none, and a tool that names one is at fault. */
  readonly secrets?: SecretStore;
  /** Hears, for the operator, what a fault leaves out. Default: nobody. */
  readonly report?: (tool: string, fault: unknown) => void;
}

/** Writes mail: as a draft that a person may look at, or over SMTP. */
export class MailExecutor implements ExecutorOf<MailManifest> {
  constructor(private readonly options: MailExecutorOptions = {}) {}

  /** To whom it goes, and over which server. */
  async meaning(tool: MailManifest, args: JsonObject): Promise<Meaning | { readonly fault: Fault }> {
    const message = messageOf(tool, args);
    if ('fault' in message) return message;
    const recipients = [...new Set([...message.to, ...message.cc].map((address) => address.toLowerCase()))];
    return { recipients, hosts: [tool.smtp.host] };
  }

  async execute(tool: MailManifest, execution: Execution): Promise<Executed> {
    const began = performance.now();
    const took = () => performance.now() - began;
    const { limits, signal } = execution;
    if (signal.aborted) return failed(notBegun(tool.name), 0, false);
    if (limits?.maxRows !== undefined || (limits?.conditions?.length ?? 0) > 0) {
      return failed(limitNotKept(tool.name), 0, false);
    }
    const message = messageOf(tool, execution.arguments);
    if ('fault' in message) return failed(message.fault, took(), false);
    const messageId = messageIdOf(tool, execution.key);
    // A person's yes sends what the manifest would only prepare; where policy says draft, it stays one.
    const isDraft = limits?.draftOnly === true || (tool.mode === 'draft' && execution.approved !== true);
    if (isDraft) return output({ status: 'draft', message: shown(message), message_id: messageId }, took());
    return { ...(await this.#send(tool, message, messageId, signal)), durationMs: took() };
  }

  /** It holds nothing between two calls. */
  async stop(): Promise<void> {}

  async #send(tool: MailManifest, message: MailMessage, messageId: string, cancelled: AbortSignal): Promise<Executed> {
    const deadline = AbortSignal.timeout(tool.timeout_ms);
    const signal = AbortSignal.any([cancelled, deadline]);
    let access: Access;
    try {
      access = await this.#access(tool);
    } catch (fault) {
      if (!isSecretError(fault)) throw fault;
      this.options.report?.(tool.name, fault);
      return failed(fault.toPublic(), 0, fault.retryable);
    }
    if (tool.smtp.security === 'none' && access.password !== undefined) return failed(insecure(tool.name), 0, false);
    try {
      const content = await composed(message, messageId);
      return sent(await send(tool, access, message, content, signal), messageId);
    } catch (fault) {
      if (!(fault instanceof MailNotSentError)) throw fault;
      const masking = new Masking([access.user, access.password].filter((secret) => secret !== undefined));
      this.options.report?.(tool.name, masking.text(String(fault.cause)));
      return notSent(tool, fault, cancelled, deadline);
    }
  }

  /** @throws {SecretError} */
  async #access(tool: MailManifest): Promise<Access> {
    const { user, password, ca } = tool.smtp;
    return {
      ...(user === undefined ? {} : { user: await this.#secret(user) }),
      ...(password === undefined ? {} : { password: await this.#secret(password) }),
      ...(ca === undefined ? {} : { ca: await this.#secret(ca) }),
    };
  }

  async #secret(ref: SecretRef): Promise<string> {
    if (this.options.secrets === undefined) throw new SecretUnavailableError('this gateway has no secrets', false);
    return this.options.secrets.read(ref);
  }
}

/** Once the text was on its way, only the server's own word tells that it was not taken. */
function notSent(tool: MailManifest, fault: MailNotSentError, cancelled: AbortSignal, deadline: AbortSignal): Executed {
  const { begun, status } = fault;
  // 4xx: not now; 5xx: never so.
  if (status !== undefined) return failed(rejected(tool.name, status), 0, status < 500);
  const why = cancelled.aborted
    ? stopped(tool.name)
    : deadline.aborted
      ? timedOut(tool.name, tool.timeout_ms)
      : begun
        ? connectionLost(tool.name)
        : unreachable(tool.name);
  return begun ? unknown(why, 0) : failed(why, 0, !cancelled.aborted);
}

function sent({ accepted, rejected: refused }: Sent, messageId: string): Executed {
  const executed = output(
    { status: 'sent', message_id: messageId, accepted: [...accepted], rejected: [...refused] },
    0,
  );
  if (refused.length === 0) return executed;
  return { ...executed, note: `Not taken for ${refused.join(', ')}.` };
}

const shown = ({ to, cc, ...rest }: MailMessage): JsonObject => ({ ...rest, to: [...to], cc: [...cc] });

const output = (value: JsonObject, durationMs: number): Executed & { readonly kind: 'output' } => ({
  kind: 'output',
  output: value,
  durationMs,
  retryable: false,
});
