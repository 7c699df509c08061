/** The code of a system call that failed, such as ENOENT; `undefined` for every other fault, whatever code it carries. */
export const systemCode = (fault: unknown): string | undefined =>
  fault instanceof Error && 'code' in fault && typeof fault.code === 'string' && /^E[A-Z0-9]+$/.test(fault.code)
    ? fault.code
    : undefined;
