import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { Fault, JsonObject } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import { badArgument, recipientNotAllowed } from './mail-faults.js';

export type MailManifest = LoadedToolOf<'mail'>;

/** A mail as it will be sent: checked, and so free of anything that could become a header or another recipient. */
export interface MailMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

const MAX_RECIPIENTS = 100;
const MAX_SUBJECT = 900;
const MAX_TEXT = 2 ** 20;

/** The mail that the arguments ask for, held against the manifest. */
export function messageOf(tool: MailManifest, args: JsonObject): MailMessage | { readonly fault: Fault } {
  const to = addressesIn(args.to);
  const cc = args.cc === undefined ? [] : addressesIn(args.cc);
  if (to === undefined || to.length === 0) return { fault: badArgument(tool.name, 'to', NO_ADDRESSES) };
  if (cc === undefined) return { fault: badArgument(tool.name, 'cc', NO_ADDRESSES) };
  if (to.length + cc.length > MAX_RECIPIENTS) {
    return { fault: badArgument(tool.name, 'to', `names more than ${MAX_RECIPIENTS} recipients`) };
  }
  const strangers = [...to, ...cc].filter((address) => !isAllowed(address, tool.recipients));
  if (strangers.length > 0) return { fault: recipientNotAllowed(tool.name, strangers) };
  const { subject, text, html } = args;
  if (typeof subject !== 'string' || subject.length > MAX_SUBJECT || !isLine(subject)) {
    return { fault: badArgument(tool.name, 'subject', `is not one line of at most ${MAX_SUBJECT} characters`) };
  }
  if (!isText(text)) return { fault: badArgument(tool.name, 'text', NO_TEXT) };
  if (html !== undefined && !isText(html)) return { fault: badArgument(tool.name, 'html', NO_TEXT) };
  const body = { text: withPlainBreaks(text), ...(html === undefined ? {} : { html: withPlainBreaks(html) }) };
  return { from: tool.from, to, cc, subject, ...body };
}

/** The same for every attempt of one call, so that a mail server or a reader recognises a copy. */
export const messageIdOf = (tool: MailManifest, key: string): string => {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(tool.from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
};

const NO_ADDRESSES = 'must be a plain address such as ada@corp.example, or a list of them';
const NO_TEXT = 'must be text of at most 1 MiB';

/** Plain addresses only: no names, no comments, no groups, no quotes, so that there is nothing to read in two ways. */
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function addressesIn(given: unknown): string[] | undefined {
  const all = (Array.isArray(given) ? given : [given]).map((one) =>
    typeof one === 'string' ? address(one) : undefined,
  );
  return all.every((one) => one !== undefined) ? [...new Set(all)] : undefined;
}

function address(given: string): string | undefined {
  const parts = given.split('@');
  const [local = '', name = ''] = parts;
  // A domain in another script becomes what the mail server sees: look-alikes are not on any list.
  const domain = /^[^\s/:?#[\]\\%]+$/.test(name) ? domainToASCII(name) : '';
  const isPlain = parts.length === 2 && local.length <= 64 && LOCAL.test(local) && DOMAIN.test(domain);
  return isPlain ? `${local}@${domain}` : undefined;
}

const isAllowed = (address: string, allowed: readonly string[] | undefined): boolean =>
  allowed === undefined ||
  allowed.some((one) => {
    const [given, listed] = [address.toLowerCase(), one.toLowerCase()];
    return listed.startsWith('@') ? given.endsWith(listed) : given === listed;
  });

/** No control characters, and no half of a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const isLine = (text: string): boolean => text.isWellFormed() && !/[\u0000-\u001f\u007f\u2028\u2029]/.test(text);

const isText = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= MAX_TEXT && text.isWellFormed() && !text.includes('\0');

/** One kind of line break: others have been read as the end of a mail, and what follows as another one. */
const withPlainBreaks = (text: string): string => text.replaceAll(/\r\n?/g, '\n');
