import type { JsonSchema } from './json-schema.js';
import { ATTACHMENT_REF } from './short-form.js';

/** JSON pointers of the fields that hold an attachment or a list of them; fields of nested objects included. */
export function attachmentPathsIn(schema: JsonSchema, at = ''): string[] {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  return properties.flatMap(([name, inner]) => {
    const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (isAttachment(inner) || (inner.type === 'array' && isAttachment(inner.items))) return [pointer];
    return attachmentPathsIn(inner, pointer);
  });
}

const isAttachment = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && '$ref' in schema && schema.$ref === ATTACHMENT_REF;
