import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { matches, serviceBoundary, sessionStory, taskBoundary, wholeLog } from './boundary.js';
import { decodeSubject, encodeSubject } from './subject.js';
import { notTokens } from './testing/arbitraries.js';

// Few names, so that addresses often agree in some of their tokens.
const names = fc.constantFrom('a', 'b', 'ab', 'A', '-', '_', 'orchestrator');
const addresses = fc.record({ target: names, tenant: names, session: names, task: names, source: names });

/** The server's rule, written as a pattern: `*` is one token, a last `>` one or more. */
const reference = (filter: string): RegExp =>
  new RegExp(
    `^${filter
      .split('.')
      .map((token) => (token === '*' ? '[^.]+' : token === '>' ? '.+' : token.replace(/[-_]/g, '\\$&')))
      .join('\\.')}$`,
  );

describe('a boundary', () => {
  test.prop([addresses, addresses])(
    'of a task is everything of that task, whoever wrote it to whomever, and nothing else',
    (own, other) => {
      const covers = own.tenant === other.tenant && own.session === other.session && own.task === other.task;
      expect(matches(taskBoundary(own.tenant, own.session, own.task), encodeSubject(other))).toBe(covers);
    },
  );

  test.prop([addresses, addresses])(
    'of a service is everything that it wrote in a session, and nothing else',
    (own, other) => {
      const covers = own.tenant === other.tenant && own.session === other.session && own.source === other.source;
      expect(matches(serviceBoundary(own.tenant, own.session, own.source), encodeSubject(other))).toBe(covers);
    },
  );

  test.prop([addresses, addresses])(
    'of a story is everything of a session; the whole log is everything',
    (own, other) => {
      const covers = own.tenant === other.tenant && own.session === other.session;
      expect(matches(sessionStory(own.tenant, own.session), encodeSubject(other))).toBe(covers);
      expect(matches(wholeLog(), encodeSubject(other))).toBe(true);
    },
  );

  test.prop([addresses])('has one text in every writer', (own) => {
    const { tenant, session, task, source } = decodeSubject(encodeSubject(own));
    expect(taskBoundary(tenant, session, task)).toBe(`log.*.${own.tenant}.${own.session}.${own.task}.*`);
    expect(serviceBoundary(tenant, session, source)).toBe(`log.*.${own.tenant}.${own.session}.*.${own.source}`);
  });

  test.prop([notTokens])('is not made with a wildcard or anything else that is no token', (bad) => {
    const refused = expect.objectContaining({ code: 'envelope/invalid-token' });
    expect(() => taskBoundary(bad, 's', 't')).toThrow(refused);
    expect(() => taskBoundary('a', bad, 't')).toThrow(refused);
    expect(() => taskBoundary('a', 's', bad)).toThrow(refused);
    expect(() => serviceBoundary(bad, 's', 'x')).toThrow(refused);
    expect(() => serviceBoundary('a', bad, 'x')).toThrow(refused);
    expect(() => serviceBoundary('a', 's', bad)).toThrow(refused);
    expect(() => sessionStory(bad, 's')).toThrow(refused);
    expect(() => sessionStory('a', bad)).toThrow(refused);
  });
});

describe('a filter', () => {
  const subjects = fc.array(names, { minLength: 1, maxLength: 7 }).map((tokens) => tokens.join('.'));
  const filters = fc
    .tuple(fc.array(fc.oneof(names, fc.constant('*')), { maxLength: 6 }), fc.constantFrom(['>'], ['a'], ['*']))
    .map(([tokens, last]) => [...tokens, ...last].join('.'));

  test.prop([filters, subjects], { numRuns: 1_000 })(
    'covers what the server’s rule says it covers',
    (filter, subject) => {
      expect(matches(filter, subject)).toBe(reference(filter).test(subject));
    },
  );

  test.prop([subjects])('covers at least itself, and all of it with > alone', (subject) => {
    expect(matches(subject, subject)).toBe(true);
    expect(matches('>', subject)).toBe(true);
  });

  it('needs one more token behind a last >', () => {
    expect(matches('log.bot.>', 'log.bot')).toBe(false);
    expect(matches('log.bot.>', 'log.bot.acme')).toBe(true);
    expect(matches('log.*', 'log')).toBe(false);
    expect(matches('log', 'log.bot')).toBe(false);
  });
});
