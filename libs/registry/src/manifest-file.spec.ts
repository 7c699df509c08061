import { test } from '@fast-check/vitest';
import { anyText } from '@voorman/envelope/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ManifestError } from './errors.js';
import { parseManifest } from './manifest-file.js';
import { manifestObject } from './manifest-object.js';

const schema = manifestObject({ name: z.string(), list: z.array(manifestObject({ size: z.int() })).default([]) });
const fault = (text: string): ManifestError => {
  try {
    parseManifest('a.yaml', text, schema);
  } catch (caught) {
    if (caught instanceof ManifestError) return caught;
    throw caught;
  }
  throw new Error('It was accepted.');
};

describe('a manifest’s text', () => {
  it('is refused with the line of the field that does not fit', () => {
    expect(fault('# a comment\nname: x\nlist:\n  - size: 1\n  - size: big\n').toProblem()).toMatchObject({
      file: 'a.yaml',
      line: 5,
      code: 'registry/invalid-manifest',
      message: expect.stringMatching(/^list\.1\.size: .*number.*\.$/),
    });
    expect(fault('name: x\nlsit: []\n').toProblem()).toMatchObject({
      line: 2,
      message: 'the manifest: lsit is not a field here; did you mean list?',
    });
    expect(fault('list:\n  - {}\n').message).toMatch(/^a\.yaml:1: name: .*\(and 1 more\)\.$/);
  });

  it('is refused where two readers could read two things', () => {
    expect(fault('name: x\nname: y\n').toProblem()).toMatchObject({ line: 2, code: 'registry/invalid-yaml' });
    expect(fault('name: !!js/function "f"\n')).toMatchObject({ code: 'registry/invalid-yaml' });
    expect(fault('name: x\n---\nname: y\n')).toMatchObject({ code: 'registry/invalid-yaml' });
    expect(fault('name: x\n<<: {list: []}\n')).toMatchObject({ code: 'registry/invalid-manifest' });
  });

  it('is refused where its lines are no YAML, or where there is nothing', () => {
    expect(fault('name: [x\n')).toMatchObject({ code: 'registry/invalid-yaml' });
    expect(fault('name: x\n\tlist: []\n')).toMatchObject({ code: 'registry/invalid-yaml', line: 2 });
    expect(fault('')).toMatchObject({ code: 'registry/invalid-manifest' });
    expect(fault('just words\n')).toMatchObject({ code: 'registry/invalid-manifest' });
  });

  it('is refused where aliases unfold without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 0; i < 8; i += 1)
      bomb.push(
        `b${i}: &b${i} [${Array(9)
          .fill(i === 0 ? '*a' : `*b${i - 1}`)
          .join(', ')}]`,
      );
    expect(fault(bomb.join('\n'))).toMatchObject({ code: 'registry/invalid-yaml' });
    expect(fault('name: *nobody\n')).toMatchObject({ code: 'registry/invalid-yaml' });
  });

  it('cannot reach a prototype', () => {
    expect(fault('name: x\n__proto__: {list: 3}\n').message).toContain('__proto__ is not a field here');
    expect(({} as Record<string, unknown>).list).toBeUndefined();
  });

  test.prop([anyText({ maxLength: 200 })])('is accepted or refused with a place, whatever it is', (text) => {
    expect(fault(`- ${text}`)).toBeInstanceOf(ManifestError);
  });
});
