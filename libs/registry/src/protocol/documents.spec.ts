import { describe, expect, it } from 'vitest';
import { protocolDocuments } from './documents.js';
import { recordTypes } from './json-schemas.js';

const documents = protocolDocuments('console.log("sample");\n');

describe('the protocol’s documents', () => {
  it('are one schema per record type, those of the doors, AsyncAPI, and a guide', () => {
    const schemas = recordTypes.map((type) => `records/${type}.schema.json`);
    const doors = ['envelope', 'inbox', 'tool', 'agent'].map((name) => `${name}.schema.json`);
    expect([...documents.keys()].sort()).toEqual([...schemas, ...doors, 'asyncapi.yaml', 'README.md'].sort());
  });

  it('come out the same every time', () => {
    expect(protocolDocuments('console.log("sample");\n')).toEqual(documents);
  });

  it('tell people of every record type, and link to what is there', () => {
    const guide = documents.get('README.md') ?? '';
    for (const type of recordTypes) expect(guide).toContain(`\n### ${type}\n`);
    expect(guide).toContain('console.log("sample");');
    const targets = [...guide.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target ?? '');
    const byHand = ['records/', '../errors.md', 'outside-publisher.mjs'];
    expect(targets.filter((target) => !documents.has(target) && !byHand.includes(target))).toEqual([]);
    const anchors = [...guide.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? '');
    const headings = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text.toLowerCase().replaceAll(' ', '-'));
    expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
  });
});
