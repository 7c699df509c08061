import 'reflect-metadata';
import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKeys } from '../authority.js';
import { addressOf, requireNames, subjectOf } from '../call-names.js';
import { LocalAuthority } from './local-authority.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'voorman-pki-')), 'pki');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));
// Node reads certificates leniently; the program is on most machines.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const SUBJECT = { tenant: 'acme', agent: 'sre-bot', tool: 'restart_pod' };
const issue = async (authority: LocalAuthority, ttlSeconds = 300) =>
  authority.issue({ subject: SUBJECT, ttlSeconds, keys: await newKeys() });

describe('the local authority', () => {
  it('makes its root once, for this user alone', async () => {
    const first = await LocalAuthority.open(folder);
    const again = await LocalAuthority.open(folder);
    expect(again.certificate).toBe(first.certificate);
    expect((await stat(join(folder, 'authority.pem'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('makes one root although many ask at once, and leaves nothing lying about', async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => LocalAuthority.open(folder)));
    expect(new Set(opened.map((authority) => authority.certificate)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['authority.pem']);
  });

  it.each([
    ['is no root', () => writeFile(join(folder, 'authority.pem'), 'x', { mode: 0o600 })],
    [
      'is half of one',
      async () => {
        const text = await readFile(join(folder, 'authority.pem'), 'utf8');
        await writeFile(join(folder, 'authority.pem'), text.slice(0, text.indexOf('PRIVATE')));
      },
    ],
    ['others may read', () => chmod(join(folder, 'authority.pem'), 0o644)],
  ])('refuses a root that %s', async (_fault, spoil) => {
    await LocalAuthority.open(folder);
    await spoil();
    await expect(LocalAuthority.open(folder)).rejects.toMatchObject({ code: 'pki/root-key' });
  });

  it('issues certificates that name tenant, agent and tool, for clients alone, and for minutes', async () => {
    const authority = await LocalAuthority.open(folder);
    const { certificate, notAfter } = await issue(authority);
    const read = new X509Certificate(certificate);
    expect(read.subject).toBe('O=acme\nOU=sre-bot\nCN=restart_pod');
    expect(read.subjectAltName).toBe('URI:spiffe://voorman/acme/agent/sre-bot/tool/restart_pod');
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(read.ca).toBe(false);
    expect(read.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    expect(read.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(notAfter.getTime() - Date.now()).toBeLessThanOrEqual(300_000);
    expect(notAfter.getTime() - Date.now()).toBeGreaterThan(290_000);
    expect(requireNames(certificate, SUBJECT).serialNumber).not.toBe('');
  });

  it('gives every certificate another number', async () => {
    const authority = await LocalAuthority.open(folder);
    const numbers = await Promise.all(
      Array.from({ length: 20 }, async () => new X509Certificate((await issue(authority)).certificate).serialNumber),
    );
    expect(new Set(numbers).size).toBe(20);
  });

  it.skipIf(!hasOpenssl)('is understood by OpenSSL at its strictest', async () => {
    const authority = await LocalAuthority.open(folder);
    await writeFile(join(folder, 'root.pem'), authority.certificate);
    const { certificate } = await issue(authority);
    const server = await authority.issueServer(['localhost', '127.0.0.1'], 3_600);
    for (const [name, pem, purpose] of [
      ['client', certificate, 'sslclient'],
      ['server', server.certificate, 'sslserver'],
    ] as const) {
      const file = join(folder, `${name}.pem`);
      await writeFile(file, pem);
      const args = ['verify', '-x509_strict', '-CAfile', join(folder, 'root.pem'), '-purpose', purpose, file];
      expect((await promisify(execFile)('openssl', args)).stdout).toContain('OK');
      const other = purpose === 'sslclient' ? 'sslserver' : 'sslclient';
      await expect(promisify(execFile)('openssl', args.with(5, other))).rejects.toThrow();
    }
  });
});

describe('a certificate that somebody else issued', () => {
  it.each([
    ['another tool', { ...SUBJECT, tool: 'delete_pod' }],
    ['another agent', { ...SUBJECT, agent: 'legal-bot' }],
    ['another tenant', { ...SUBJECT, tenant: 'umbrella' }],
  ])('is not accepted for %s', async (_whom, subject) => {
    const { certificate } = await issue(await LocalAuthority.open(folder));
    expect(() => requireNames(certificate, subject)).toThrow(expect.objectContaining({ code: 'pki/mismatch' }));
  });

  it.each([
    ['an authority itself', true, [x509.ExtendedKeyUsage.clientAuth]],
    ['a server too', false, [x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]],
    ['for anything', false, []],
  ])('is not accepted where it is %s', async (_what, isAuthority, uses) => {
    const keys = await newKeys();
    const made = (more: x509.Extension[], ca: boolean) =>
      x509.X509CertificateGenerator.createSelfSigned({
        keys,
        name: subjectOf(SUBJECT),
        signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
        extensions: [new x509.BasicConstraintsExtension(ca), addressOf(SUBJECT), ...more],
      });
    const usable = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]);
    expect(requireNames((await made([usable], false)).toString('pem'), SUBJECT)).toBeDefined();
    const wide = await made(uses.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(uses)], isAuthority);
    expect(() => requireNames(wide.toString('pem'), SUBJECT)).toThrow(
      expect.objectContaining({ code: 'pki/mismatch' }),
    );
  });
});
