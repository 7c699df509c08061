import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { errorSwallowed } from './swallowed-error.ts';

describe('a swallowed error', () => {
  it.each([
    ['a.ts', '+try { f(); } catch {}'],
    ['a.ts', '+} catch (error) {\n+}'],
    ['a.ts', '+f().catch(() => {});'],
    ['a.java', '+} catch (IOException e) {\n+\n+}'],
    ['a.py', '+try:\n+    f()\n+except Exception:\n+    pass'],
    ['a.go', '+if err != nil {\n+}'],
  ])('is seen in %s: %s', (path, body) => {
    expect(says(errorSwallowed, path, body)).toHaveLength(1);
  });

  it('is none when something is done or said, or when it was there before', () => {
    expect(says(errorSwallowed, 'a.ts', '+} catch (error) {\n+  report(error);\n+}')).toEqual([]);
    expect(says(errorSwallowed, 'a.ts', '+} catch {\n+  // the file may be gone already\n+}')).toEqual([]);
    expect(says(errorSwallowed, 'a.ts', ' } catch {\n }\n+f();')).toEqual([]);
    expect(says(errorSwallowed, 'a.py', '+except ImportError:\n+    pass')).toEqual([]);
  });
});
