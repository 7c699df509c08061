import { open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { SecretForbiddenError, SecretMissingError, SecretUnavailableError } from './secret-store.js';

/** The largest secret: a bundle of certificates still fits. Bytes. */
const MAX_SECRET_BYTES = 256 * 2 ** 10;

/** Secrets in files below folders that the operator named; of any other file of the machine nothing is read. */
export class SecretFiles {
  /** @param folders absolute; the first is where relative paths and Kubernetes mounts lie. */
  constructor(private readonly folders: readonly string[]) {}

  /**
   * @param path absolute and below one of the folders, or relative to the first.
   * @throws {SecretMissingError} @throws {SecretForbiddenError} @throws {SecretUnavailableError}
   */
  async read(path: string): Promise<string> {
    const first = this.folders[0];
    if (first === undefined) throw new SecretUnavailableError('no secrets folder is set (VOORMAN_SECRETS)', false);
    const wanted = isAbsolute(path) ? resolve(path) : resolve(first, path);
    const file = await this.#real(wanted);
    const text = await readBounded(file, wanted);
    // Editors and `echo` end a file with a line break that belongs to no secret.
    const value = text.replace(/\r?\n$/, '');
    if (value === '') throw new SecretMissingError(`${wanted} is empty`);
    return value;
  }

  /** @throws as `read` */
  readMounted(secret: string, key: string): Promise<string> {
    return this.read(join(secret, key));
  }

  /** The file behind all links: Kubernetes mounts consist of links, and a link out of the folder is an escape. */
  async #real(wanted: string): Promise<string> {
    const folder = this.folders.map((each) => resolve(each)).find((each) => isBelow(each, wanted));
    if (folder === undefined) throw outside(wanted);
    const [real, root] = await Promise.all([realpath(wanted), realpath(folder)]).catch((cause: unknown) => {
      throw new SecretMissingError(`${wanted} is not there, or cannot be reached`, { cause });
    });
    if (!isBelow(root, real)) throw outside(wanted);
    return real;
  }
}

function isBelow(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '' && inside !== '..' && !inside.startsWith('../') && !isAbsolute(inside);
}

const outside = (wanted: string): SecretForbiddenError =>
  new SecretForbiddenError(`${wanted} does not lie below a secrets folder (VOORMAN_SECRETS)`);

async function readBounded(file: string, wanted: string): Promise<string> {
  let bytes: Buffer;
  try {
    const handle = await open(file, 'r');
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw new SecretForbiddenError(`${wanted} is not a file`);
      if (found.size > MAX_SECRET_BYTES) throw new SecretForbiddenError(`${wanted} is larger than 256 KiB`);
      bytes = await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof SecretForbiddenError) throw cause;
    throw new SecretMissingError(`${wanted} cannot be read`, { cause });
  }
  return bytes.toString('utf8');
}
