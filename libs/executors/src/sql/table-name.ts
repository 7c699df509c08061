/** The schema in which a table without one is looked for: the search path is fixed to it. */
const DEFAULT_SCHEMA = 'public';

/**
 * A table, always with its schema: `public.orders`. What is not plain lower case is quoted as in SQL, so that no two
 * tables share a name and no schema can be faked: `public."a.b"`.
 */
export const tableName = (schema: string | undefined, table: string): string =>
  `${quoted(schema ?? schemaOf(table))}.${quoted(table)}`;

/** What the search path finds: everything in PostgreSQL's own catalogue is named pg_…, and that is looked at first. */
const schemaOf = (table: string): string => (table.startsWith('pg_') ? 'pg_catalog' : DEFAULT_SCHEMA);

const quoted = (name: string): string => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** What a manifest or a policy names: `orders`, `sales.orders`, or all of a schema, `sales.*`. */
export const isNamed = (table: string, by: readonly string[]): boolean =>
  by.some((name) => {
    const full = name.includes('.') || name.startsWith('"') ? name : tableName(undefined, name);
    return full === table || (full.endsWith('.*') && table.startsWith(full.slice(0, -1)));
  });
