import type { Bus } from './bus.js';
import { headerIn } from './header.js';
import type { Stored } from './pages.js';
import { ApiError } from './question.js';

interface MessageAnswer {
  readonly message: { subject: string; seq: number; time: string; data?: string; hdrs?: string };
}

const NOT_FOUND = 10037;

/**
 * A message as the stream's leader knows it, the only one that is never behind: the one at a position, or the last that
 * matches a filter. `undefined` where there is none.
 * @throws {NoAnswerError} @throws {LogForbiddenError}
 */
export async function askLeader(
  bus: Bus,
  stream: string,
  which: { readonly seq: number } | { readonly last_by_subj: string },
): Promise<Stored | undefined> {
  try {
    const subject = bus.api(`STREAM.MSG.GET.${stream}`);
    const { message } = await bus.askApi<MessageAnswer>({ subject, data: JSON.stringify(which) });
    const headers = message.hdrs === undefined ? '' : Buffer.from(message.hdrs, 'base64').toString();
    return {
      subject: message.subject,
      position: message.seq,
      atMs: Date.parse(message.time),
      data: Buffer.from(message.data ?? '', 'base64'),
      header: (name) => headerIn(headers, name),
    };
  } catch (fault) {
    if (fault instanceof ApiError && fault.code === NOT_FOUND) return undefined;
    throw fault;
  }
}
