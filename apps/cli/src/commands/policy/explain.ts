import { type Recorded, sessionStory, wholeLog } from '@voorman/envelope';
import { decodeBundle, PolicyInput, PolicyStore, recordedInput, WasmPolicyEngine } from '@voorman/policy';
import { TRACE_MODES, type TraceMode, traceDecision } from '@voorman/policy/authoring';
import { type Command, Option } from 'commander';
import { type Client, withClient } from '../../client/connection.js';
import { DecisionReader, decisionLine, type FoundDecision } from '../../client/decisions.js';
import { EXIT, NameError } from '../../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, wholeNumber } from '../context.js';
import { compiler } from './sources.js';

interface ExplainOptions extends CommonOptions {
  readonly trace: TraceMode;
}

/** `voorman policy explain`: a recorded decision once more, step by step, by the rules of then. */
export const explain = (act: Act): Command =>
  examples(
    command('explain', 'evaluate a recorded decision again, by the rules of then, and tell each step')
      .argument(
        '<position>',
        'where the decision lies in the log; decision-log --json says it',
        wholeNumber(1, Number.MAX_SAFE_INTEGER),
      )
      .addOption(
        new Option('--trace <mode>', 'how much of the evaluation is told').choices(TRACE_MODES).default('full'),
      )
      .action((position: number, options: ExplainOptions) =>
        act(() => tell(contextOf(options), position, options.trace)),
      ),
    './voorman policy explain 1204',
    './voorman policy explain 1204 --trace fails',
  );

async function tell({ data, terminal }: Context, position: number, mode: TraceMode): Promise<number> {
  return await withClient(data, async (client) => {
    const found = await decisionsAt(client, position);
    const { path: opa } = await compiler();
    let isSame = true;
    for (const recorded of found) {
      const input = inputOf(recorded);
      const bytes = await new PolicyStore(client.bus.bundles).get(recorded.bundle);
      if (bytes === undefined) {
        throw new NameError(
          `The policy ${recorded.bundle}, by which this was decided, is not kept.`,
          'The last 50 revisions are; `voorman policy status` lists them.',
        );
      }
      const engine = await WasmPolicyEngine.load(bytes);
      const again = engine.decide(input);
      const traces = await traceDecision(opa, decodeBundle(bytes), input, mode);
      const same = again.allow === recorded.allow;
      isSame &&= same;
      const { allow, reasons, obligations = [] } = again;
      terminal.document({
        position,
        session: recorded.session,
        revision: recorded.bundle,
        input,
        recorded: { allow: recorded.allow, reasons: recorded.reasons, obligations: recorded.obligations },
        evaluated: { allow, reasons, obligations },
        same,
        traces,
      });
      terminal.line(`${position}  ${decisionLine(recorded)}`);
      terminal.line(`asked: ${JSON.stringify(recordedInput(input))}`);
      terminal.line(`answer: ${allow ? 'allow' : 'deny'}, because ${reasons.join(' ')}`);
      if (!same)
        terminal.line(
          'This is not what was recorded: something of the question was not kept, or the answer was made otherwise.',
        );
      for (const trace of traces) terminal.line(`\n${trace.rule}\n${trace.text}`);
    }
    return isSame ? EXIT.ok : EXIT.failed;
  });
}

/** @throws {NameError} there is no such record, or no decision in it. */
async function decisionsAt({ bus }: Client, position: number): Promise<FoundDecision[]> {
  const [record] = (await bus.log.read(wholeLog(), position - 1, 1)).records;
  if (record?.position !== position) {
    throw new NameError(
      `The log has no record at ${position}.`,
      'See `voorman decision-log --json` for the positions of decisions.',
    );
  }
  const reader = new DecisionReader();
  for await (const before of storyUntil(bus.log, record)) {
    const found = reader.read(before);
    if (before.position === position && found.length > 0) return found;
  }
  throw new NameError(
    `The record at ${position} (${record.type}) holds no decision of policy.`,
    'See `voorman decision-log --json` for the positions of decisions.',
  );
}

/** The session's records up to this one: what a decision is about stands in those before it. */
async function* storyUntil(log: Client['bus']['log'], last: Recorded): AsyncGenerator<Recorded> {
  const story = sessionStory(last.tenant, last.correlation_id);
  for (let after = 0; after < last.position; ) {
    const { records } = await log.read(story, after);
    for (const record of records) if (record.position <= last.position) yield record;
    const end = records.at(-1);
    if (end === undefined) return;
    after = end.position;
  }
}

/** @throws {NameError} what was asked was not kept, or cannot be asked any more. */
function inputOf(decision: FoundDecision): PolicyInput {
  const input = PolicyInput.safeParse(decision.input);
  if (input.success) return input.data;
  throw new NameError(
    `What was asked for the decision at ${decision.position} was not recorded.`,
    'Decisions of this release keep their question; older ones cannot be evaluated again.',
  );
}
