import type { PolicyInput } from '@voorman/policy';
import { decision } from './session.js';

/** The same function, whose first arguments are noted. */
export const noting =
  <First, Rest extends unknown[], Result>(notes: First[], act: (first: First, ...rest: Rest) => Result) =>
  (first: First, ...rest: Rest): Result => {
    notes.push(first);
    return act(first, ...rest);
  };

/** A policy that allows everything, under these obligations, and remembers what it was asked. */
export const obliging = (obligations: { type: string; [field: string]: unknown }[], asked: PolicyInput[] = []) => ({
  revision: 'r1',
  decide: (input: PolicyInput) => {
    asked.push(input);
    return { ...decision, obligations };
  },
});
