import { describe, expect, it } from 'vitest';
import { encodeBundle } from './bundle.js';
import { NO_MAIL_AFTER_CUSTOMER_DATA, policyInputGuide } from './input-guide.js';
import { PolicyAction, PolicyInput, policyInput } from './policy-input.js';
import { compileRego } from './testing/compile-rego.js';
import { someParts } from './testing/parts.js';
import { WasmPolicyEngine } from './wasm/wasm-policy-engine.js';

const guide = policyInputGuide((schema) => Object.keys(schema.properties as object).join(' '));

describe('the page about the input document', () => {
  it('tells of every field, action and obligation', () => {
    for (const field of Object.keys(PolicyInput.shape)) expect(guide).toContain(field);
    for (const action of PolicyAction.options) expect(guide).toContain(`\`${action}\``);
    for (const type of ['redact', 'cap_rows', 'need_approval', 'draft', 'add_condition', 'sandbox']) {
      expect(guide).toContain(`type: "${type}"`);
    }
  });

  it('has an example that keeps mail in after customer data was read, and not before', async () => {
    expect(NO_MAIL_AFTER_CUSTOMER_DATA.split('\n').slice(0, -1)).toHaveLength(3);
    const rego = `package p\n\ndefault allow := false\n\nallow if not deny_mail\n\n${NO_MAIL_AFTER_CUSTOMER_DATA}\n`;
    const wasm = await compileRego(rego, 'p/allow');
    const engine = await WasmPolicyEngine.load(encodeBundle(someParts({ wasm, entrypoints: [{ rule: 'p/allow' }] })));
    const mail = (...data_classes: string[]) =>
      engine.decide(
        policyInput({
          action: 'tool_execute',
          tenant: 'acme',
          session: 's',
          agent: 'bot',
          tool: { name: 'send_mail', version: '1.0.0', type: 'mail', effect: 'once' },
          history: { tools: ['crm'], data_classes, denials: 0 },
        }),
      ).allow;
    expect([mail(), mail('public'), mail('public', 'customer')]).toEqual([true, true, false]);
  });
});
