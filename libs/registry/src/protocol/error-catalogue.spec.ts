import { describe, expect, it } from 'vitest';
import { errorCatalogue, errorsIn } from './error-catalogue.js';

const errors = (...sources: string[]) =>
  errorsIn(new Map(sources.map((source, index) => [`apps/a/src/f${index}.ts`, source])));

describe('the catalogue of errors', () => {
  it('finds a class with its sentence, its next step, and when it happens', () => {
    const source = `
/** The log is closed. Nothing goes. @see x */
export class ClosedError extends VoormanError {
  readonly code = 'log/closed';
  readonly next =
    'Open it ' + "again.";
  override readonly retryable = true;

  constructor(readonly what: string, at: { n: number }) {
    super(\`\${what.slice(0, \`\${'}'}\`.length)} is closed at \${at.n}.\`);
  }
}
`;
    expect(errors(source)).toEqual([
      {
        code: 'log/closed',
        sentence: '… is closed at ….',
        next: 'Open it again.',
        when: 'The log is closed. Nothing goes.',
        retryable: true,
      },
    ]);
  });

  it('finds faults that are written down as they are', () => {
    const source = `const a = { code: 'inbox/no-goal', message: 'There is none.', next: \`Say \${one}.\` };
      const b = { inner: { code: 'plan/other', next: 'Go.' }, message: 'not mine' };
      const TOO_MUCH = 'TOO_MUCH'; const c = { code: TOO_MUCH, message: 'Enough.', next: 'Stop.' };`;
    expect(errors(source).map(({ code, sentence, next }) => [code, sentence, next])).toEqual([
      ['TOO_MUCH', 'Enough.', 'Stop.'],
      ['inbox/no-goal', 'There is none.', 'Say ….'],
      ['plan/other', '', 'Go.'],
    ]);
  });

  it('finds a code that stands for itself, also where the sentence is written elsewhere', () => {
    expect(errors("export const ALL_GONE = 'ALL_GONE';").map(({ code }) => code)).toEqual(['ALL_GONE']);
    expect(errorCatalogue(errors("export const TOOL_BUDGET_EXCEEDED = 'TOOL_BUDGET_EXCEEDED';"))).toContain(
      '_The session has used all calls of this tool',
    );
  });

  it('finds what a tool raises, with the area that its failure puts before it', () => {
    const failure = `export class ToolFailure extends Error { constructor(reason) { this.code = \`count/\${reason}\`; } }`;
    const raising = `throw new ToolFailure('too-large', \`\${name} is too large.\`); new Other('none', 'x'); new Set('a', 'b');`;
    expect(errors(failure, raising)).toMatchObject([{ code: 'count/too-large', sentence: '… is too large.' }]);
  });

  it('lists a code once, in the order of the alphabet, in a table that no sentence breaks', () => {
    const source = `const a = [{ code: 'z/b' }, { code: 'a/b', message: 'One | two <three>' }, { code: 'z/b', message: 'Known.' }];`;
    const table = errorCatalogue(errors(source));
    expect(table.match(/^\| `.*$/gm)).toEqual([
      '| `a/b` | One \\| two &lt;three> | See the sentence. |',
      '| `z/b` | Known. | See the sentence. |',
    ]);
  });
});
