import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@voorman/files';
import type { LocalAuthority, ServerIdentity } from './local-authority.js';

/** Paths of what one side of a connection shows and accepts, in PEM. */
export interface CertificatePaths {
  readonly certFile: string;
  /** The same file: certificate and key are replaced together, and no reader finds halves that do not match. */
  readonly keyFile: string;
  readonly caFile: string;
}

/** How long the certificates of servers and members are good for; whoever runs them renews them well before. Seconds. */
export const MEMBER_TTL_SECONDS = 24 * 3_600;

/** Certificates of the local authority in files, for programs that take paths: the bus, and the services on it. */
export class CertificateFiles {
  /** @param folder of its own; made where it is missing. */
  constructor(
    private readonly authority: LocalAuthority,
    private readonly folder: string,
  ) {}

  /** Where the files of somebody lie, whether they are there yet or not. */
  static paths(folder: string, name: string): CertificatePaths {
    const file = join(folder, `${name}.pem`);
    return { certFile: file, keyFile: file, caFile: join(folder, 'ca.crt') };
  }

  /** Issues the server's certificate anew. @param hosts names and addresses that it is reached by. */
  async renewServer(name: string, hosts: readonly string[]): Promise<CertificatePaths> {
    return this.#write(name, await this.authority.issueServer(hosts, MEMBER_TTL_SECONDS));
  }

  /** Issues a member's certificate anew. */
  async renewMember(name: string): Promise<CertificatePaths> {
    return this.#write(name, await this.authority.issueMember(name, MEMBER_TTL_SECONDS));
  }

  async #write(name: string, { certificate, privateKey }: ServerIdentity): Promise<CertificatePaths> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const paths = CertificateFiles.paths(this.folder, name);
    await writeWhole(paths.caFile, this.authority.certificate);
    await writeWhole(paths.certFile, certificate + privateKey);
    return paths;
  }
}
