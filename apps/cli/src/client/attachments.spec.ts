import { describe, expect, it } from 'vitest';
import { uniqueNames } from './attachments.js';

describe('the names of attachments', () => {
  it('are all different, and keep their endings', () => {
    expect(uniqueNames(['a.log', 'a.log', 'b', 'b', 'a.log'])).toEqual(['a.log', 'a-2.log', 'b', 'b-2', 'a-3.log']);
  });

  it('do not run into one that is there already', () => {
    expect(uniqueNames(['a-2.log', 'a.log', 'a.log'])).toEqual(['a-2.log', 'a.log', 'a-3.log']);
  });

  it('hold nothing that evidence could not cite', () => {
    expect(uniqueNames(['a\nb.log', 'c\\d'])).toEqual(['a_b.log', 'c_d']);
    expect(uniqueNames([`${'x'.repeat(300)}.log`])[0]).toMatch(/^x{196}\.log$/);
  });
});
