import { describe, expect, it } from 'vitest';
import { complaintIn } from './child.js';

describe('the complaint of a process that ended', () => {
  it('is the sentence of its fault, else its message, else the line as it is', () => {
    expect(complaintIn('{"msg":"The service cannot start.","fault":{"message":"There is no key."}}')).toBe(
      'There is no key.',
    );
    expect(complaintIn('{"msg":"Out of memory."}')).toBe('Out of memory.');
    expect(complaintIn('Segmentation fault')).toBe('Segmentation fault');
    expect(complaintIn('')).toBe('it said nothing.');
  });
});
