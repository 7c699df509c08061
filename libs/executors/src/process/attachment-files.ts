import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Attachment, hasCode } from '@voorman/envelope';
import type { Payloads } from '@voorman/log';

/** How long an unused copy is kept. Milliseconds. */
const KEPT_MS = 24 * 3600 * 1_000;

/** Copies of attachments on this machine's disk, named by their digest, for programs that read files. */
export class AttachmentFiles {
  readonly #fetching = new Map<string, Promise<string>>();

  constructor(
    private readonly folder: string,
    private readonly payloads: Payloads,
  ) {}

  /** Makes the folder, and drops copies that nobody used for a day. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      // Another replica may tidy up at the same time.
      const found = await stat(path).catch(unlessMissing);
      if (found && Date.now() - found.mtimeMs > KEPT_MS) await rm(path, { force: true });
    }
  }

  /**
   * The arguments as a program gets them: every attachment has become `{name, path, media_type, bytes}`.
   * @param seenAt where the program sees a file of ours.
   * @throws {PayloadMissingError} @throws {PayloadCorruptError}
   */
  async localise(value: unknown, seenAt = (path: string) => path): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((entry) => this.localise(entry, seenAt)));
    if (value === null || typeof value !== 'object') return value;
    const attachment = 'ref' in value && 'digest' in value ? Attachment.safeParse(value) : undefined;
    if (attachment?.success) {
      const { name, media_type, bytes } = attachment.data;
      return { name, path: seenAt(await this.#fetch(attachment.data)), media_type, bytes };
    }
    const entries = Object.entries(value).map(
      async ([key, inner]) => [key, await this.localise(inner, seenAt)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  #fetch(attachment: Attachment): Promise<string> {
    const path = join(this.folder, attachment.digest.replace(':', '-'));
    const fetching = this.#fetching.get(path) ?? this.#download(attachment, path);
    this.#fetching.set(path, fetching);
    return fetching.finally(() => this.#fetching.delete(path));
  }

  /** Written under another name first: half a copy must never be taken for a whole one. */
  async #download(attachment: Attachment, path: string): Promise<string> {
    const now = new Date();
    const isThere = await utimes(path, now, now)
      .then(() => true)
      .catch(unlessMissing);
    if (isThere) return path;
    const draft = `${path}.${process.pid}.part`;
    try {
      // Open to a program that runs as somebody else; the folder keeps everybody else away.
      await pipeline(Readable.from(this.payloads.open(attachment)), createWriteStream(draft, { mode: 0o644 }));
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    return path;
  }
}

/** @throws any fault but "there is no such file". */
function unlessMissing(fault: unknown): undefined {
  if (!hasCode(fault, 'ENOENT')) throw fault;
}
