/** One call in a line of code: `await payments.charge(` is `{ callee: 'payments.charge', isAwaited: true }`. */
export interface Call {
  readonly callee: string;
  /** Its last name: `charge`. */
  readonly name: string;
  readonly isAwaited: boolean;
}

const words = new Set(
  'if for while switch catch function return await yield new typeof super and or not in is with except elif func defer go lambda def print using throw assert sizeof'.split(
    ' ',
  ),
);

/** The calls of a line without strings and comments, in order. */
export function callsOf(bare: string): Call[] {
  if (/^\s*(?:export\s+)?(?:async\s+)?(?:function|def|func|class)\b/.test(bare)) return [];
  return [...bare.matchAll(/(await\s+)?((?:new\s+)?[A-Za-z_$][\w$]*(?:(?:\?\.|\.|::)[A-Za-z_$#][\w$]*)*)\s*\(/g)]
    .map(([, awaited, callee = '']) => ({
      callee,
      name: callee.split(/\.|::/).at(-1) ?? callee,
      isAwaited: awaited !== undefined,
    }))
    .filter(({ name }) => !words.has(name));
}
