import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly if?: string;
  readonly steps: readonly Step[];
}

interface Written {
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What a workflow may ask for in its expressions. */
export interface Occasion {
  readonly github: { readonly event_name: string; readonly event: object };
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A step as it ended. */
export interface Ended {
  readonly step: string;
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A workflow file whose steps run here as its runner would run them: what it `uses` is left out, what it `run`s is run. */
export class Workflow {
  private constructor(private readonly written: Written) {}

  static async read(file: string): Promise<Workflow> {
    return new Workflow(parse(await readFile(file, 'utf8')) as Written);
  }

  /**
   * The steps of a job in order, until one fails; none where the job is for another occasion.
   * @param env of the runner itself, such as its PATH.
   */
  async run(name: string, occasion: Occasion, cwd: string, env: NodeJS.ProcessEnv): Promise<readonly Ended[]> {
    const job = this.written.jobs[name];
    if (job === undefined) throw new Error(`There is no job ${name}.`);
    if (job.if !== undefined && !evaluated(job.if, occasion)) return [];
    const ended: Ended[] = [];
    for (const { name: step = 'unnamed', run, env: own = {} } of job.steps) {
      if (run === undefined) continue;
      const named = Object.entries({ ...this.written.env, ...own }).map(([key, text]) => [key, filled(text, occasion)]);
      const one = { step, ...(await bash(filled(run, occasion), cwd, { ...env, ...Object.fromEntries(named) })) };
      ended.push(one);
      if (one.code !== 0) break;
    }
    return ended;
  }
}

const filled = (text: string, occasion: Occasion): string =>
  text.replaceAll(/\$\{\{(.+?)\}\}/g, (_all, expression: string) => String(evaluated(expression, occasion) ?? ''));

/** The few operators that our workflows use mean the same in both languages. */
const evaluated = (expression: string, { github, vars = {}, secrets = {} }: Occasion): unknown =>
  runInNewContext(expression, { github, vars, secrets });

const bash = (script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Omit<Ended, 'step'>> =>
  new Promise((settle) => {
    const child = execFile('bash', ['-e', '-c', script], { cwd, env }, (_fault, out, err) =>
      settle({ code: child.exitCode ?? -1, out, err }),
    );
  });
