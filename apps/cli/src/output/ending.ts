import type { Ending } from '../client/goal.js';
import { spelled } from './fault.js';
import type { Terminal } from './terminal.js';

/** The answer with its evidence, or why there is none. The field names of the document are promised. */
export function printEnding(terminal: Terminal, session: string, ending: Ending): void {
  if (ending.kind === 'refused') {
    if (terminal.json) process.stderr.write(`${spelled(ending.fault, true)}\n`);
    else terminal.note(spelled(ending.fault, false));
    return;
  }
  const { outcome, answer, evidence, tasks } = ending.answer;
  terminal.document({
    session,
    outcome,
    answer,
    evidence: evidence.map(({ source, line, text }) => ({ source, line, text })),
    tasks: tasks.map(({ task_id, agent, outcome: ended }) => ({ task_id, agent, outcome: ended })),
  });
  terminal.line();
  // What was cancelled says so itself.
  const saysItself = outcome === 'completed' || answer.toLowerCase().startsWith(outcome);
  terminal.line(saysItself ? answer : `${outcome}: ${answer}`);
  if (evidence.length > 0) {
    terminal.line();
    terminal.line('Evidence:');
    for (const { source, line, text } of evidence) terminal.line(`  ${source}:${line}  ${text}`);
  }
}
