import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { accessWidened } from './access.ts';

describe('widened access', () => {
  it.each([
    ['main.tf', '+  cidr_blocks = ["0.0.0.0/0"]'],
    ['a.yaml', '-bind: 127.0.0.1\n+bind: 0.0.0.0'],
    ['a.yaml', '+    privileged: true'],
    ['a.ts', "+res.setHeader('Access-Control-Allow-Origin', '*');"],
    ['grants.sql', '+grant all on orders to public;'],
    ['a.ts', '-  @UseGuards(AdminGuard)\n   remove() {'],
    ['a.py', '-@login_required\n def remove(request):'],
  ])('is seen in %s: %s', (path, body) => {
    expect(says(accessWidened, path, body)).toHaveLength(1);
  });

  it.each([
    ['a.ts', "-server.listen(80, '0.0.0.0');\n+server.listen(80, '127.0.0.1');"],
    ['a.ts', '-  @UseGuards(AdminGuard)\n+  @UseGuards(OwnerGuard)\n   remove() {'],
    ['a.ts', '-  @UseGuards(AdminGuard)\n-  remove() {\n-  }'],
    ['a.ts', "-import { requireAuth } from './auth.ts';\n f();"],
    ['a.spec.ts', "+server.listen(0, '0.0.0.0/0');"],
  ])('is none in %s: %s', (path, body) => {
    expect(says(accessWidened, path, body)).toEqual([]);
  });
});
