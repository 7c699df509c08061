import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
addFormats.default(ajv);

const manifests = (kind: 'tool' | 'agent') =>
  globSync(`{deploy/registry,examples/*}/${kind}s/{*.yaml,*/${kind}.yaml}`, { cwd: ROOT }).sort();

describe.each(['tool', 'agent'] as const)('the shipped manifest of a(n) %s', (kind) => {
  const schema = join(ROOT, 'docs/protocol', `${kind}.schema.json`);
  const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));

  it.each(manifests(kind))('%s tells editors its schema in its first line, and fits it', (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const expected = relative(dirname(join(ROOT, path)), schema).replaceAll('\\', '/');
    expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${expected}`);
    expect(validate(parse(text)), ajv.errorsText(validate.errors)).toBe(true);
  });
});
