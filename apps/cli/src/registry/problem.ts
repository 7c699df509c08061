import type { Problem } from '@voorman/registry';

/** Where in a registry folder something cannot be used, and why: `file:line: sentence`. */
export const placed = ({ file, line, message }: Problem): string =>
  `${file}${line === undefined ? '' : `:${line}`}: ${message}`;

/** The same with what follows from it: a bot that lacks a tool runs all the same, and everything else is left out. */
export const consequence = (problem: Problem): string =>
  `${problem.code === 'registry/unknown-tool' ? 'Incomplete' : 'Left out'}: ${placed(problem)}`;
