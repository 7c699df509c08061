import { z } from 'zod';
import { catalogue, type RecordType } from './catalogue.js';

const compiled = new Map<RecordType, z.ZodType>();

/**
 * The schema of a record type's payload as a compiled parser: every record passes it twice, once where it is written and
 * once where it is read. Compiled when first asked for, as no service sees all types.
 */
export function payloadParser(type: RecordType): z.ZodType {
  const known = compiled.get(type);
  if (known !== undefined) return known;
  const parser = z.compile(catalogue[type] as z.ZodType);
  compiled.set(type, parser);
  return parser;
}
