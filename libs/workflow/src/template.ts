/** Plain JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A template that quotes something that is not there. */
export class TemplateError extends Error {
  // The shape of a VoormanError; the class itself stands on this very floor.
  readonly code = 'workflow/template';
  readonly next = 'Give the step what it quotes, or let the quotation end in ? where it may be missing.';
  constructor(readonly path: string) {
    super(`There is no value for {{ ${path} }}.`);
  }
}

const whole = /^\{\{\s*([A-Za-z0-9_.-]+)(\?)?\s*\}\}$/;
const quoted = /\{\{\s*([A-Za-z0-9_.-]+)(\?)?\s*\}\}/g;

/**
 * Fills `{{ path }}` in every string of a JSON value from `scope`. A string that is one quotation takes the quoted value
 * with its type; inside a longer string the value is written out. `{{ path? }}` may be missing: then the object key or
 * list entry is left out (in a longer string, nothing is written).
 * @param missing `omit` takes every path as if it had a `?`. Default `throw`.
 * @throws {TemplateError} a path without `?` leads nowhere.
 */
export function render(template: unknown, scope: unknown, missing: 'throw' | 'omit' = 'throw'): Json | undefined {
  if (typeof template === 'string') return renderText(template, scope, missing === 'omit');
  if (Array.isArray(template)) {
    return template.map((entry) => render(entry, scope, missing)).filter((entry) => entry !== undefined);
  }
  if (template !== null && typeof template === 'object') {
    const filled: { [key: string]: Json } = {};
    for (const [key, inner] of Object.entries(template)) {
      const value = render(inner, scope, missing);
      if (value !== undefined) filled[key] = value;
    }
    return filled;
  }
  return template as Json;
}

function renderText(template: string, scope: unknown, omits: boolean): Json | undefined {
  const only = whole.exec(template);
  if (only?.[1] !== undefined) return lookUp(scope, only[1], omits || only[2] === '?');
  return template.replace(quoted, (_all, path: string, optional: string | undefined) => {
    const value = lookUp(scope, path, omits || optional === '?');
    if (value === undefined) return '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function lookUp(scope: unknown, path: string, optional: boolean): Json | undefined {
  let value: unknown = scope;
  for (const key of path.split('.')) {
    // Own properties only: a template must not reach into prototypes.
    const reachable = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    value = reachable ? (value as Record<string, unknown>)[key] : undefined;
  }
  if (value === undefined && !optional) throw new TemplateError(path);
  return value as Json | undefined;
}
