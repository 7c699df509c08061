import { z } from 'zod';
import { cycleIn } from './order.js';

const StepId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 characters out of A-Z, a-z, 0-9, _ and -');

/** One node: a tool with its arguments, which may quote the task and the outputs of steps it depends on. */
export const GraphStep = z.strictObject({
  id: StepId,
  tool: z.string().min(1).max(128),
  args: z.record(z.string(), z.json()).default({}),
  depends_on: z.array(StepId).default([]),
});
export type GraphStep = z.infer<typeof GraphStep>;

/** A step that checks the result before it is handed out; `expect` quotes what must be true. */
export const CheckStep = GraphStep.extend({ expect: z.string().min(1).max(500) });
export type CheckStep = z.infer<typeof CheckStep>;

/** What a finished graph hands out. */
export const GraphOutput = z.strictObject({
  answer: z.string().min(1),
  evidence: z.string().optional().describe('quotes a list of {source, line, text}'),
  data: z.record(z.string(), z.json()).default({}),
});

/** A directed acyclic graph of tool calls, the checks on its result, and what it hands out. */
export const Graph = z
  .strictObject({
    steps: z.array(GraphStep).min(1).max(200),
    verify: z.array(CheckStep).max(20).default([]),
    output: GraphOutput,
  })
  .superRefine((graph, context) => {
    const all = [...graph.steps, ...graph.verify];
    const ids = new Set<string>();
    for (const step of all) {
      if (ids.has(step.id)) context.addIssue(`the step ${step.id} stands twice`);
      ids.add(step.id);
    }
    for (const step of all)
      for (const needed of step.depends_on)
        if (!ids.has(needed)) context.addIssue(`${step.id} depends on ${needed}, which is no step`);
    const cycle = cycleIn(all);
    if (cycle) context.addIssue(`the steps ${cycle.join(' → ')} wait for each other`);
  });
export type Graph = z.infer<typeof Graph>;
