import { describe, expect, it } from 'vitest';
import { compileTool } from './arguments.js';
import { parseManifest } from './manifest-file.js';
import { ToolManifest } from './tool-manifest.js';

const seed = `name: search_web
version: 1.2.0
type: api
endpoint: https://internal-api.corp/v1/search
method: POST
schema:
  input: { query: string, max_results: integer }
  output: { results: array, total_count: integer }
budget: { max_calls_per_session: 20, cost_per_call_usd: 0.0005 }
retry: { backoff: exponential, max_attempts: 3 }
timeout_ms: 8000
`;
const minimal = { name: 't', version: '1.0.0', type: 'process', command: ['./run'], schema: {} };
const api = { name: 't', version: '1.0.0', type: 'api', endpoint: 'https://host.example/x', schema: {} };
const RETRY = { backoff: 'exponential', initial_ms: 200, max_ms: 30_000, jitter: 0.2 };
const SHARED = {
  breaker: { failures: 5, within_seconds: 60, open_seconds: 30 },
  data_classes: [],
  redact: { fields: [], keep: [] },
};
const problems = (given: unknown) =>
  (ToolManifest.safeParse(given).error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);

describe('a tool’s manifest', () => {
  it('loads as the protocol’s example has it', () => {
    const manifest = parseManifest('tool.yaml', seed, ToolManifest);
    expect(manifest).toMatchObject({
      name: 'search_web',
      version: '1.2.0',
      type: 'api',
      endpoint: 'https://internal-api.corp/v1/search',
      method: 'POST',
      effect: 'repeatable',
      schema: {
        input: { query: 'string', max_results: 'integer' },
        output: { results: 'array', total_count: 'integer' },
      },
      budget: { max_calls_per_session: 20, cost_per_call_usd: 0.0005, tokens_per_call: 0 },
      retry: { ...RETRY, max_attempts: 3 },
      timeout_ms: 8000,
      ...SHARED,
      secrets: {},
      hosts: [],
      private_addresses: [],
      max_response_bytes: 10 * 2 ** 20,
      tls: { client_certificate: false },
    });
    const tool = compileTool(manifest);
    expect(tool.checkArguments({ query: 'nats', max_results: 5 })).toBeUndefined();
    expect(tool.checkOutput({ results: [], total_count: 0 })).toBeUndefined();
  });

  it('needs little: the rest has defaults', () => {
    expect(ToolManifest.parse(minimal)).toEqual({
      ...minimal,
      effect: 'once',
      mode: 'per-call',
      env: [],
      schema: { input: {}, output: {} },
      budget: { max_calls_per_session: 100, cost_per_call_usd: 0, tokens_per_call: 0 },
      retry: { ...RETRY, max_attempts: 1 },
      timeout_ms: 30_000,
      ...SHARED,
    });
  });

  it('repeats only what says or shows that it may be repeated', () => {
    const effectOf = (more: object) => {
      const { effect, retry } = ToolManifest.parse({ ...api, ...more });
      return [effect, retry.max_attempts];
    };
    expect(effectOf({})).toEqual(['once', 1]);
    expect(effectOf({ method: 'GET' })).toEqual(['read', 3]);
    expect(effectOf({ method: 'DELETE' })).toEqual(['once', 1]);
    expect(effectOf({ retry: { max_attempts: 2 } })).toEqual(['repeatable', 2]);
    expect(effectOf({ retry: { max_attempts: 1 } })).toEqual(['once', 1]);
    expect(effectOf({ effect: 'repeatable' })).toEqual(['repeatable', 3]);
    expect(effectOf({ method: 'GET', effect: 'once' })).toEqual(['once', 1]);
    expect(ToolManifest.parse({ ...minimal, effect: 'read' }).retry.max_attempts).toBe(3);
  });

  it('contradicts itself when it is to run once and in several attempts', () => {
    expect(problems({ ...api, effect: 'once', retry: { max_attempts: 3 } })).toEqual([
      'retry.max_attempts: must be 1 for effect once; a tool that may be repeated says effect: repeatable',
    ]);
  });

  it('refuses a field that it does not know, with the one that was meant', () => {
    expect(problems({ ...minimal, timeout: 3 })).toEqual([': timeout is not a field here; did you mean timeout_ms?']);
    expect(problems({ ...minimal, budget: { max_call_per_session: 3 } })).toEqual([
      'budget: max_call_per_session is not a field here; did you mean max_calls_per_session?',
    ]);
    expect(problems({ ...minimal, endpoint: 'https://host.example' })[0]).toMatch(/^: endpoint is not a field here/);
  });

  it('refuses names, versions, addresses and numbers that would bite later', () => {
    expect(problems({ ...minimal, name: 'a.b' })[0]).toMatch(/^name: must be 1 to 64 characters/);
    expect(problems({ ...minimal, version: 1.2 })[0]).toBe('version: must be a version such as 1.2.0');
    expect(problems({ ...minimal, version: 'v1' })[0]).toBe('version: must be a version such as 1.2.0');
    expect(problems({ ...minimal, type: 'magic' })[0]).toBe(
      'type: type must be api, process, script, sql, mcp, mail or function',
    );
    expect(problems({ ...minimal, command: [] })).not.toEqual([]);
    expect(problems({ ...minimal, timeout_ms: 0 })).not.toEqual([]);
    expect(problems({ ...minimal, budget: { max_calls_per_session: -1 } })).not.toEqual([]);
    expect(problems({ ...minimal, env: ['A=B'] })[0]).toMatch(/must be the name of an environment variable/);
    expect(problems({ ...minimal, env: ['VOORMAN_NKEY_FILE'] })[0]).toMatch(/must not be a setting of the gateway/);
    expect(problems({ ...api, endpoint: 'file:///etc/passwd' })[0]).toMatch(/must be an http or https address/);
    expect(problems({ ...api, endpoint: 'https://ann:pw@host.example/' })[0]).toMatch(/must not carry a password/);
  });
});
