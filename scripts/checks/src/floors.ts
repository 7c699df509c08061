import type { Project } from './workspace.ts';

/** Where a package stands: on a floor, among the apps, among the programs of the tools, or over all of them as a test. */
type Rank = { kind: 'floor'; floor: number } | { kind: 'app' } | { kind: 'tool' } | { kind: 'test' };

const TOOL_FOLDER = 'deploy/registry/tools/';

/**
 * What breaks the rule of the house, one sentence each: a floor imports only lower floors, an app imports floors and
 * never an app, a tool's program imports no package of ours, a test imports anything. Judged by what each package
 * declares, because nothing undeclared can be imported here.
 */
export function floorFaults(projects: readonly Project[]): string[] {
  const byName = new Map(projects.map((project) => [project.name, project]));
  return projects.flatMap((project) => {
    const rank = rankOf(project);
    if (rank === undefined) {
      return [`${project.folder} has no rank: tag it floor:N, app or test under "nx" in its package.json.`];
    }
    return project.dependencies.flatMap((name) => {
      const target = byName.get(name);
      const targetRank = target === undefined ? undefined : rankOf(target);
      if (targetRank === undefined || mayImport(rank, targetRank)) return [];
      return [`${project.name} (${describe(rank)}) imports ${name} (${describe(targetRank)}).`];
    });
  });
}

function rankOf(project: Project): Rank | undefined {
  if (project.folder.startsWith(TOOL_FOLDER)) return { kind: 'tool' };
  if (project.tags.includes('app')) return { kind: 'app' };
  if (project.tags.includes('test')) return { kind: 'test' };
  const floor = project.tags.map((tag) => /^floor:(\d)$/.exec(tag)?.[1]).find((found) => found !== undefined);
  return floor === undefined ? undefined : { kind: 'floor', floor: Number(floor) };
}

function mayImport(from: Rank, to: Rank): boolean {
  switch (from.kind) {
    case 'floor':
      return to.kind === 'floor' && to.floor < from.floor;
    case 'app':
      return to.kind === 'floor';
    case 'tool':
      return false;
    case 'test':
      return true;
  }
}

function describe(rank: Rank): string {
  return rank.kind === 'floor' ? `floor ${rank.floor}` : rank.kind;
}
