import { z } from 'zod';
import { manifestObject } from '../manifest-object.js';
import { sharedFields } from './shared-fields.js';

/** A handler that a deployer registers in the gateway's own process. */
export const FunctionFields = manifestObject({
  ...sharedFields,
  type: z.literal('function'),
  handler: z.string().min(1).max(128).describe('the name under which it was registered'),
});
