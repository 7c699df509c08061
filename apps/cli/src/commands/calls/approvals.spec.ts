import { describe, expect, it } from 'vitest';
import { shownInPart } from './approvals.js';

describe('an attack on whoever agrees to a call', () => {
  it('by so much harmless text that the rest is cut off says that there is more', () => {
    const shown = shownInPart({ text: 'fine '.repeat(1_000), to: 'evil@example.com' });
    expect(shown).toContain('CHARACTERS MORE');
    expect(shown.length).toBeLessThan(1_100);
  });

  it('shows all of what is short', () => {
    expect(shownInPart({ to: 'a@b.example' })).toBe('{"to":"a@b.example"}');
  });
});
