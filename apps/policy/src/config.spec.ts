import { describe, expect, it } from 'vitest';
import { loadPolicySettings } from './config.js';

describe('the settings of the policy service', () => {
  it('look for rules beside the first registry folder, unless a folder is named', () => {
    expect(loadPolicySettings({}, ['/a', '/b']).policiesDir).toBe('/a/policies');
    expect(loadPolicySettings({ VOORMAN_POLICIES: '/rules' }, ['/a']).policiesDir).toBe('/rules');
  });

  it('are refused by name where one does not fit', () => {
    expect(() => loadPolicySettings({ VOORMAN_POLICY_QUIET_MS: 'soon' }, ['/a'])).toThrow('VOORMAN_POLICY_QUIET_MS');
    expect(() => loadPolicySettings({}, [])).toThrow('VOORMAN_REGISTRY names no folder');
  });
});
