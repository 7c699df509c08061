/** A line that names an exception, with or without what it says: Java, Python, JavaScript, .NET, Go. */
const EXCEPTION =
  /^(?:Caused by: |Exception in thread "[^"]*" |Unhandled exception[.:]? |Uncaught )?(?:[A-Za-z_$][\w$]*[.:/\\]{1,2})*[A-Z][\w$]*(?:Error|Exception|Throwable|Fault|Warning|Interrupt)\b(?:\s*(?:\[[^\]]*\])?:.*)?$/;
const PANIC = /^(?:panic: |fatal error: |Fatal error: |FATAL: |Segmentation fault|thread '[^']*' panicked|Error: )/;
const MAX_CAUSE_CHARS = 300;

/** What a line below a record says about its cause; empty for stack frames and anything else. */
export function causeIn(line: string): string {
  const text = line.length > MAX_CAUSE_CHARS ? line.slice(0, MAX_CAUSE_CHARS).trim() : line.trim();
  if (text.startsWith('at ') || text.startsWith('File "')) return '';
  if (!EXCEPTION.test(text) && !PANIC.test(text)) return '';
  return text.startsWith('Caused by: ') ? text.slice('Caused by: '.length) : text;
}

export const isTraceback = (line: string): boolean => line.startsWith('Traceback (most recent call last)');

const LOOKS_ATTACHED =
  /^(?:[\s})\]]|at |\.\.\. |Caused by: |Suppressed: |goroutine \d|created by |--- End of |During handling of |The above exception )/;

/** True for a line that only makes sense below another one. */
export const looksAttached = (line: string): boolean => LOOKS_ATTACHED.test(line);
