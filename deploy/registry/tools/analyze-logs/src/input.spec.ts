import { describe, expect, it } from 'vitest';
import { ToolFailure } from './failure.ts';
import { boundsFor, parseRequest } from './input.ts';

const file = { name: 'a.log', path: '/data/a.log', media_type: 'text/plain', bytes: 12 };
const withRange = (time_range: string) => parseRequest(JSON.stringify({ files: [file], time_range })).range;
const codeOf = (text: string) => {
  try {
    parseRequest(text);
  } catch (fault) {
    if (fault instanceof ToolFailure && /^["A-Z].*\.$/.test(fault.message)) return fault.code;
    throw fault;
  }
  return undefined;
};

describe('the arguments', () => {
  it.each([
    ['analyze-logs/bad-input', 'not JSON'],
    ['analyze-logs/bad-input', '[]'],
    ['analyze-logs/bad-input', '{}'],
    ['analyze-logs/bad-input', '{"files":[]}'],
    ['analyze-logs/bad-input', '{"files":[{"name":"a"}]}'],
    ['analyze-logs/bad-input', JSON.stringify({ files: Array(21).fill(file) })],
    ['analyze-logs/bad-input', JSON.stringify({ files: [file], question: 7 })],
    ['analyze-logs/bad-time-range', JSON.stringify({ files: [file], time_range: 'yesterday' })],
    ['analyze-logs/bad-time-range', JSON.stringify({ files: [file], time_range: '2026-11-22/2026-11-21' })],
    ['analyze-logs/bad-time-range', JSON.stringify({ files: [file], time_range: '2026-11-21/2026-11-31T25:00' })],
  ])('are refused with %s and a sentence: %s', (code, text) => {
    expect(codeOf(text)).toBe(code);
  });

  it('tell two files of one name apart', () => {
    const { files } = parseRequest(JSON.stringify({ files: [file, file] }));
    expect(files.map(({ name }) => name)).toEqual(['a.log', 'a.log (2)']);
  });

  it('may leave out question and time range, or leave them empty', () => {
    expect(parseRequest(JSON.stringify({ files: [file], time_range: '' }))).toMatchObject({
      question: '',
      range: undefined,
    });
  });
});

describe('a time range', () => {
  const at = (hour: number) => Date.UTC(2026, 10, 21, hour);

  it('covers whole days where it names days', () => {
    const bounds = boundsFor(withRange('2026-11-21/2026-11-21') ?? expect.fail(), 0);
    expect(bounds).toEqual({ fromMs: at(0), toMs: at(24) - 1 });
  });

  it('without a zone means the zone of the log', () => {
    const range = withRange('2026-11-21T10:00/2026-11-21T11:00') ?? expect.fail();
    expect(boundsFor(range, 120)).toEqual({ fromMs: at(8), toMs: at(9) });
  });

  it('with a zone is compared by the wall clock where the log names none', () => {
    const range = withRange('2026-11-21T10:00:00+02:00/2026-11-21T11:00:00+02:00') ?? expect.fail();
    expect(boundsFor(range, 0)).toEqual({ fromMs: at(8), toMs: at(9) });
    expect(boundsFor(range, Number.NaN)).toEqual({ fromMs: at(10), toMs: at(11) });
  });
});
