import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { errorHandlingRemoved } from './error-handling.ts';

describe('removed error handling', () => {
  it('is a catch that goes while the call stays', () => {
    const body = '-try {\n   await send(mail);\n-} catch (error) {\n-  log.warn(error);\n-}';
    expect(says(errorHandlingRemoved, 'a.ts', body)).toEqual([
      'medium: Errors of `send(…)` were caught here, and no longer are.',
    ]);
  });

  it.each([
    ['a.py', '-try:\n-    push(item)\n-except OSError:\n-    retry(item)\n+push(item)', '`push(…)`'],
    ['a.go', '-if err := save(x); err != nil {\n-\treturn err\n-}\n+save(x)', '`save(…)`'],
    ['a.ts', '-load(x).catch(report);\n+load(x);', '`load(…)`'],
  ])('is seen in %s', (path, body, part) => {
    expect(says(errorHandlingRemoved, path, body)).toEqual([expect.stringContaining(part)]);
  });

  it('is none when the guarded code goes too, or when the catch is only rewritten', () => {
    expect(says(errorHandlingRemoved, 'a.ts', ' f();\n-try {\n-  old();\n-} catch {\n-  g();\n-}')).toEqual([]);
    expect(
      says(errorHandlingRemoved, 'a.ts', ' try {\n   f();\n-} catch (e) {\n+} catch (error) {\n   g();\n }'),
    ).toEqual([]);
  });
});
