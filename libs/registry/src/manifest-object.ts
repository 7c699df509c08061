import { z } from 'zod';
import { nearest } from './nearest.js';

/** An object of a manifest: a field that it does not know is refused by name, with the one that was probably meant. */
export const manifestObject = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownFields(issue.keys, Object.keys(shape)) : undefined),
  });

function unknownFields(given: readonly string[], known: readonly string[]): string {
  const sentences = given.map((name) => {
    const meant = nearest(name, known);
    return `${name} is not a field here; ${meant ? `did you mean ${meant}?` : `known are ${known.join(', ')}`}`;
  });
  return sentences.join('; ');
}

/** Semantic version, as in 1.2.0 or 2.0.0-rc.1. */
export const Version = z
  .string('must be a version such as 1.2.0')
  .max(64)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
    'must be a version such as 1.2.0',
  );
