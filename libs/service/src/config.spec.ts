import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings, ServiceConfig } from './config.js';

let folder: string;
let required: Record<string, string>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voorman-config-'));
  writeFileSync(join(folder, 'key'), ' SUSEED\n');
  writeFileSync(join(folder, 'empty'), '\n');
  required = {
    VOORMAN_NATS_URL: 'nats://a:4222, nats://b:4222',
    VOORMAN_NAME: 'tool-gateway',
    VOORMAN_NKEY_FILE: join(folder, 'key'),
    VOORMAN_REGISTRY: ['one', 'two'].join(delimiter),
    VOORMAN_DATA: 'data',
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

const problem = (env: Record<string, string | undefined>): string => {
  try {
    loadSettings(env);
  } catch (fault) {
    expect(fault).toMatchObject({ code: 'service/invalid-config', next: expect.stringContaining('voorman up') });
    return (fault as Error).message;
  }
  throw new Error('The settings were accepted.');
};

describe('the settings of a service', () => {
  it('have defaults for everything that need not be said', () => {
    expect(loadSettings(required)).toEqual({
      servers: ['nats://a:4222', 'nats://b:4222'],
      name: 'tool-gateway',
      nkeySeed: 'SUSEED',
      durability: 'on-disk',
      registry: ['one', 'two'],
      data: 'data',
      environment: 'production',
      readyFile: undefined,
      logLevel: 'info',
      graceMs: 10_000,
      slots: undefined,
    });
  });

  it('are what the environment says', () => {
    const given = {
      VOORMAN_DURABILITY: 'relaxed',
      VOORMAN_ENVIRONMENT: 'staging',
      VOORMAN_READY_FILE: 'ready.json',
      VOORMAN_LOG_LEVEL: 'debug',
      VOORMAN_GRACE_MS: '0',
      VOORMAN_SLOTS: '4096',
    };
    expect(loadSettings({ ...required, ...given })).toMatchObject({
      durability: 'relaxed',
      environment: 'staging',
      readyFile: 'ready.json',
      logLevel: 'debug',
      graceMs: 0,
      slots: 4_096,
    });
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(loadSettings(required))).toBe(true);
  });

  it('that are empty count as not said', () => {
    expect(
      loadSettings({ ...required, VOORMAN_GRACE_MS: '', VOORMAN_READY_FILE: '', VOORMAN_SLOTS: '' }),
    ).toMatchObject({
      graceMs: 10_000,
      readyFile: undefined,
      slots: undefined,
    });
  });

  it.each(['VOORMAN_NATS_URL', 'VOORMAN_NAME', 'VOORMAN_NKEY_FILE', 'VOORMAN_REGISTRY', 'VOORMAN_DATA'])(
    'need %s',
    (name) => {
      expect(problem({ ...required, [name]: undefined })).toContain(name);
      expect(problem({ ...required, [name]: '' })).toContain(name);
    },
  );

  it.each([
    ['VOORMAN_NAME', 'two words'],
    ['VOORMAN_NATS_URL', 'nats://a:4222,,nats://b:4222'],
    ['VOORMAN_LOG_LEVEL', 'loud'],
    ['VOORMAN_GRACE_MS', '-1'],
    ['VOORMAN_GRACE_MS', '1.5'],
    ['VOORMAN_GRACE_MS', 'soon'],
    ['VOORMAN_SLOTS', '0'],
    ['VOORMAN_SLOTS', '4097'],
  ])('do not accept %s=%s', (name, value) => {
    expect(problem({ ...required, [name]: value })).toContain(name);
  });

  it('name every setting that does not fit, and no value', () => {
    const message = problem({ ...required, VOORMAN_NAME: 'SECRET SEED', VOORMAN_SLOTS: 'SECRET' });
    expect(message).toMatch(/VOORMAN_NAME.*VOORMAN_SLOTS/);
    expect(message).not.toContain('SECRET');
  });

  it('tell when the key file is missing or empty', () => {
    expect(problem({ ...required, VOORMAN_NKEY_FILE: join(folder, 'nothing') })).toContain('cannot be read');
    expect(problem({ ...required, VOORMAN_NKEY_FILE: join(folder, 'empty') })).toContain('empty file');
  });

  it('each say what they are for', () => {
    for (const [name, schema] of Object.entries(ServiceConfig.shape)) {
      if (name !== 'VOORMAN_LOG_LEVEL') expect(schema.description, name).toBeTruthy();
    }
  });

  it('name the certificate for the bus and its authorities together, or neither', () => {
    const both = { VOORMAN_NATS_CERT_FILE: 'me.pem', VOORMAN_NATS_CA_FILE: 'ca.crt' };
    const { tls } = loadSettings({ ...required, ...both });
    expect(tls).toEqual({ certFile: 'me.pem', keyFile: 'me.pem', caFile: 'ca.crt' });
    for (const name of Object.keys(both)) expect(problem({ ...required, [name]: 'x' })).toContain('set together');
  });
});
