import type { Decision } from '@voorman/envelope';
import { type PolicyEngine, type PolicyQuestion, policyInput, recordedInput } from '@voorman/policy';

/** What policy says to a question, with the question in it, as a record keeps it. */
export async function rulingOf(policy: PolicyEngine, question: PolicyQuestion): Promise<Decision> {
  const input = policyInput(question);
  return { ...(await policy.decide(input)), input: recordedInput(input) };
}

/** Thrown through pure planning when an answer of policy is not there yet. */
class Awaited extends Error {}

/**
 * Does synchronous work that asks policy on its way. An engine in this process answers at once; where an answer comes
 * later, the work begins anew when it is there, and finds it. So the work must bear being begun again.
 * @param work is given how to ask; what that throws it must let through.
 */
export async function withRulings<Result>(
  policy: PolicyEngine,
  work: (ask: (question: PolicyQuestion) => Decision) => Result | Promise<Result>,
): Promise<Result> {
  const known = new Map<string, Decision>();
  for (;;) {
    const pending = new Map<string, Promise<Decision>>();
    const ask = (question: PolicyQuestion): Decision => {
      const input = policyInput(question);
      const mark = JSON.stringify(input);
      const answer = known.get(mark) ?? policy.decide(input);
      if (!(answer instanceof Promise)) return { ...answer, input: recordedInput(input) };
      pending.set(mark, answer);
      throw new Awaited();
    };
    try {
      return await work(ask);
    } catch (fault) {
      if (!(fault instanceof Awaited)) throw fault;
      for (const [mark, answer] of pending) known.set(mark, await answer);
    }
  }
}
