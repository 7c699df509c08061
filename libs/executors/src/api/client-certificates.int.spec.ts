import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Certificates, type ClientIdentities } from '@voorman/pki';
import { LocalAuthority } from '@voorman/pki/authorities';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SecretStore } from '../secrets/secret-store.js';
import { ApiWorld, apiTool, callOf } from '../testing/api-world.js';

const world = new ApiWorld();
let folder: string;
let authority: LocalAuthority;
let stranger: LocalAuthority;
let tls: ServerOptions;
const secrets: SecretStore = { read: async () => authority.certificate };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-mtls-'));
  authority = await LocalAuthority.open(join(folder, 'own'));
  stranger = await LocalAuthority.open(join(folder, 'other'));
  const server = await authority.issueServer(['127.0.0.1'], 3_600);
  tls = {
    cert: server.certificate,
    key: server.privateKey,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  };
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => world.end());

/** A server that asks for a client certificate and answers with what that says. */
const showingWhoCalls = (more: ServerOptions = {}) =>
  world.serve(
    (request, response) => {
      const socket = request.socket as TLSSocket;
      const { subject, subjectaltname, serialNumber, valid_to } = socket.getPeerCertificate();
      response.end(JSON.stringify({ authorized: socket.authorized, subject, subjectaltname, serialNumber, valid_to }));
    },
    { ...tls, ...more },
  );
const mutual = (port: number, more: object = {}) =>
  apiTool(`https://127.0.0.1:${port}/`, {
    name: 'restart_pod',
    private_addresses: ['127.0.0.1'],
    tls: { client_certificate: true, ca: { file: 'ca.pem' } },
    ...more,
  });
const executor = (identities: ClientIdentities = new Certificates(authority)) =>
  world.executor({ secrets, identities });

describe('a call of a server that asks for a client certificate', () => {
  it('shows tenant, agent and tool, for minutes', async () => {
    const result = await callOf(executor(), mutual(await showingWhoCalls()));
    expect(result).toMatchObject({
      kind: 'output',
      output: {
        authorized: true,
        subject: { O: 'acme', OU: 'sre-bot', CN: 'restart_pod' },
        subjectaltname: 'URI:spiffe://voorman/acme/agent/sre-bot/tool/restart_pod',
      },
    });
    const until = result.kind === 'output' ? Date.parse(String(result.output.valid_to)) : 0;
    expect(until - Date.now()).toBeLessThanOrEqual(300_000);
  });

  it('shows another agent another certificate, over a connection of its own', async () => {
    const calling = executor();
    const tool = mutual(await showingWhoCalls(), { effect: 'repeatable' });
    const as = (agent: string) => callOf(calling, tool, { caller: { tenant: 'acme', session: 's', agent } });
    const seen = [await as('sre-bot'), await as('legal-bot'), await as('sre-bot')];
    expect(seen.map((one) => one.kind === 'output' && (one.output.subject as { OU: string }).OU)).toEqual([
      'sre-bot',
      'legal-bot',
      'sre-bot',
    ]);
    const numbers = seen.map((one) => one.kind === 'output' && one.output.serialNumber);
    expect(numbers[2]).toBe(numbers[0]);
    expect(numbers[1]).not.toBe(numbers[0]);
  });

  it.each([
    ['without a certificate', 'TLSv1.2', 'fault', 'tool/identity-refused'],
    // Else a server looks at the certificate after the client has begun to speak, and may hang up without a word.
    ['without a certificate', 'TLSv1.3', 'unknown', 'tool/connection-lost'],
    ['with a stranger’s', 'TLSv1.3', 'unknown', 'tool/connection-lost'],
  ] as const)('is not answered %s, over %s', async (which, version, kind, code) => {
    let isReached = false;
    const port = await world.serve(
      (_request, response) => {
        isReached = true;
        response.end('{}');
      },
      { ...tls, minVersion: version, maxVersion: version },
    );
    const tool = mutual(port, { tls: { client_certificate: which === 'with a stranger’s', ca: { file: 'ca.pem' } } });
    expect(await callOf(executor(new Certificates(stranger)), tool)).toMatchObject({ kind, fault: { code } });
    expect(isReached).toBe(false);
  });

  it('does not go out where nobody issues one', async () => {
    const tool = mutual(await showingWhoCalls());
    expect(await callOf(world.executor({ secrets }), tool)).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/no-certificates' },
    });
  });

  it('shows nothing of itself where a redirect leads', async () => {
    const elsewhere = await showingWhoCalls({ rejectUnauthorized: false });
    const first = await world.serve((_request, response) => {
      response.writeHead(307, { location: `https://127.0.0.1:${elsewhere}/` }).end();
    }, tls);
    const tool = mutual(first, { hosts: [`127.0.0.1:${elsewhere}`] });
    const result = await callOf(executor(), tool);
    expect(result).toMatchObject({ kind: 'output', output: { authorized: false } });
    expect(result.kind === 'output' && result.output).not.toHaveProperty('subject.CN');
  });
});

describe('a server that cannot show who it is', () => {
  it.each([
    ['because another authority signed it', async () => stranger.issueServer(['127.0.0.1'], 3_600)],
    ['because it is another host', async () => authority.issueServer(['localhost', '127.0.0.9'], 3_600)],
    ['because its time is over', async () => authority.issueServer(['127.0.0.1'], -30)],
  ])('is sent nothing, %s', async (_why, certificateOf) => {
    const { certificate, privateKey } = await certificateOf();
    let isReached = false;
    const port = await world.serve(
      (_request, response) => {
        isReached = true;
        response.end('{}');
      },
      { cert: certificate, key: privateKey },
    );
    const result = await callOf(executor(), mutual(port));
    expect(result).toMatchObject({ kind: 'fault', retryable: false, fault: { code: 'tool/identity-refused' } });
    expect(isReached).toBe(false);
  });

  it('is told to the operator in a sentence, without all of its certificate', async () => {
    const told: unknown[] = [];
    const { certificate: cert, privateKey: key } = await authority.issueServer(['127.0.0.9'], 3_600);
    const port = await world.serve((_request, response) => void response.end('{}'), { cert, key });
    const calling = world.executor({
      secrets,
      identities: new Certificates(authority),
      report: (_tool, fault) => told.push(fault),
    });
    await callOf(calling, mutual(port));
    expect(told).toMatchObject([
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: expect.stringContaining('127.0.0.9') },
    ]);
    expect(told[0]).not.toHaveProperty('cert');
  });

  it('is sent nothing, not even where the environment turns the check off', async () => {
    const { certificate, privateKey } = await stranger.issueServer(['127.0.0.1'], 3_600);
    const port = await world.serve((_request, response) => void response.end('{}'), {
      cert: certificate,
      key: privateKey,
    });
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await callOf(executor(), mutual(port))).toMatchObject({ fault: { code: 'tool/identity-refused' } });
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });
});
