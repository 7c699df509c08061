import { join } from 'node:path';
import type { LocalAuthority } from '@voorman/pki/authorities';
import { CertificateFiles, type CertificatePaths, MEMBER_TTL_SECONDS } from '@voorman/pki/files';
import type { DataFolder } from './data-folder.js';

/** Renewed when a third of their life is over, so that a failure or two leave time. */
const RENEW_EVERY_MS = (MEMBER_TTL_SECONDS * 1_000) / 3;
/** The server listens on this machine alone. */
const HOSTS = ['localhost', '127.0.0.1'];

const serverFolder = (data: DataFolder): string => join(data.path, 'pki', 'server');
const memberFolder = (data: DataFolder): string => join(data.path, 'pki', 'members');

/** What somebody on the bus shows, and what it accepts of the server. The files are there once the stack runs with mTLS. */
export const memberPaths = (data: DataFolder, name: string): CertificatePaths =>
  CertificateFiles.paths(memberFolder(data), name);

/** The certificates of a stack whose bus is served with mTLS: all by the authority in the data folder, all for a day. */
export class BusCertificates {
  readonly #server: CertificateFiles;
  readonly #members: CertificateFiles;

  private constructor(
    private readonly data: DataFolder,
    authority: LocalAuthority,
  ) {
    this.#server = new CertificateFiles(authority, serverFolder(data));
    this.#members = new CertificateFiles(authority, memberFolder(data));
  }

  /** @throws {RootKeyError} the authority's root cannot be used. */
  static async open(data: DataFolder): Promise<BusCertificates> {
    // Here alone: no other command has to wait until all of that is loaded.
    const { LocalAuthority } = await import('@voorman/pki/authorities');
    return new BusCertificates(data, await LocalAuthority.open(join(data.path, 'pki')));
  }

  get server(): CertificatePaths {
    return CertificateFiles.paths(serverFolder(this.data), 'nats-server');
  }

  member(name: string): CertificatePaths {
    return memberPaths(this.data, name);
  }

  /** Issues the server's certificate and those of the members anew. Whoever connects later finds the new ones. */
  async renew(members: readonly string[]): Promise<void> {
    await this.#server.renewServer('nats-server', HOSTS);
    for (const name of new Set(members)) await this.#members.renewMember(name);
  }

  /** Lets `renewal` happen in time, again and again. @returns what ends it. */
  keepFresh(renewal: () => Promise<void>, say: (line: string) => void): () => void {
    const timer = setInterval(() => {
      renewal().catch((fault: unknown) => say(`The certificates of the bus could not be renewed: ${fault}`));
    }, RENEW_EVERY_MS);
    timer.unref();
    return () => clearInterval(timer);
  }
}
