import { describe, expect, it } from 'vitest';
import { someSources } from '../testing/sources.js';
import { changesBetween, identityOf } from './sources.js';

const sources = someSources();
const { bot } = sources.registry.agents;

describe('the identity of sources', () => {
  it('is the same for the same sources in another order', () => {
    const turned = { ...sources, files: sources.files.toReversed() };
    expect(identityOf(turned)).toBe(identityOf(sources));
  });

  it.each([
    ['a rule', someSources({ 'p.rego': 'package p\n' })],
    ['a test', someSources({ 'p_test.rego': 'package p_test\n' })],
    ['a file more', someSources({ 'q.rego': 'package q\n' })],
    ['an entry point', { ...sources, entrypoints: [{ rule: 'p/other' }] }],
    [
      'an agent',
      { ...sources, registry: { ...sources.registry, agents: { ...sources.registry.agents, second: bot } } },
    ],
    ['what an entry point speaks for', { ...sources, entrypoints: [{ rule: 'p/decision', tools: ['search'] }] }],
    ['a data document', { ...sources, data: { limits: { rows: 10 } } }],
    ['a tool', { ...sources, registry: { ...sources.registry, tools: {} } }],
  ])('is another with %s changed', (_name, changed) => {
    expect(identityOf(changed as typeof sources)).not.toBe(identityOf(sources));
  });
});

describe('what changed between two readings', () => {
  it('is nothing when nothing did', () => {
    expect(changesBetween(sources, someSources())).toEqual([]);
  });

  it('names each file, agent and tool that came, went or changed', () => {
    const after = {
      ...someSources({ 'p.rego': 'package p\n', 'q.rego': 'package q\n' }),
      entrypoints: [{ rule: 'q/decision' }],
      data: { limits: {} },
      registry: { agents: {}, tools: { search: { version: '2.0.0', type: 'api', effect: 'read' } } },
    };
    expect(changesBetween(sources, after)).toEqual([
      'file p.rego changed',
      'file q.rego is new',
      'agent bot is gone',
      'tool search changed',
      'data limits is new',
      'the entry points changed',
    ]);
  });
});
