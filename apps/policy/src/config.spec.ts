import { describe, expect, it } from 'vitest';
import { loadPolicySettings } from './config.js';

describe('the settings of the policy service', () => {
  it('look for rules beside the first registry folder, unless a folder is named', () => {
    expect(loadPolicySettings({}, ['/a', '/b'], '/data').policiesDir).toBe('/a/policies');
    expect(loadPolicySettings({ VOORMAN_POLICIES: '/rules' }, ['/a'], '/data').policiesDir).toBe('/rules');
  });

  it('look for the key in the data folder, unless they name it or hold it', () => {
    const keyOf = (env: NodeJS.ProcessEnv) => loadPolicySettings(env, ['/a'], '/data').key;
    expect(keyOf({})).toEqual({ file: '/data/keys/signing.pem' });
    expect(keyOf({ VOORMAN_SIGNING_KEY_FILE: '/k.pem' })).toEqual({ file: '/k.pem' });
    expect(keyOf({ VOORMAN_SIGNING_KEY: 'PEM' })).toEqual({ env: 'VOORMAN_SIGNING_KEY' });
  });

  it('are refused by name where one does not fit', () => {
    expect(() => loadPolicySettings({ VOORMAN_POLICY_QUIET_MS: 'soon' }, ['/a'], '/data')).toThrow(
      'VOORMAN_POLICY_QUIET_MS',
    );
    expect(() => loadPolicySettings({}, [], '/data')).toThrow('VOORMAN_REGISTRY names no folder');
  });
});
