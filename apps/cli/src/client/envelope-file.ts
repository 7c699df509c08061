import { text } from 'node:stream/consumers';
import { MAX_INBOX_BYTES, OPERATOR, type PublishedEnvelope, parsePublished, VoormanError } from '@voorman/envelope';
import { BadFileError } from '../errors.js';
import { textOf } from './text-file.js';

/** An envelope that was read, and whose name stood in it as its source. */
export interface ReadEnvelope {
  readonly envelope: PublishedEnvelope;
  /** Somebody else whom the file named as its source: nobody can speak as another. */
  readonly replacedSource: string | undefined;
}

/**
 * Reads a six-field envelope from a file, or from standard input for `-`; it becomes the operator's own.
 * @throws {BadFileError} the file cannot be read, or does not hold such an envelope.
 */
export async function readEnvelope(file: string): Promise<ReadEnvelope> {
  const given = await contentOf(file);
  const where = file === '-' ? 'Standard input' : file;
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch (cause) {
    // The engine quotes the text that it stumbled over, with its line ends.
    const detail = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : '';
    throw new BadFileError(`${where} is not JSON: ${detail}.`, 'Write one JSON object with the six fields.', { cause });
  }
  const source = sourceIn(parsed);
  const body = new TextEncoder().encode(JSON.stringify({ ...Object(parsed), source_agent: OPERATOR }));
  try {
    const envelope = parsePublished(body);
    return { envelope, replacedSource: source === OPERATOR ? undefined : source };
  } catch (cause) {
    if (!(cause instanceof VoormanError)) throw cause;
    throw new BadFileError(
      `${where} holds no envelope that can be published: ${cause.message}`,
      `Compare it with docs/protocol/inbox.schema.json; at most ${MAX_INBOX_BYTES} bytes.`,
      { cause },
    );
  }
}

const contentOf = (file: string): Promise<string> => (file === '-' ? text(process.stdin) : textOf(file));

const sourceIn = (parsed: unknown): string | undefined =>
  typeof parsed === 'object' && parsed !== null && 'source_agent' in parsed ? String(parsed.source_agent) : undefined;
