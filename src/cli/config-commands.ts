import {
  type ClusterConfig,
  type ConfigReading,
  exitCodeOf,
  isError,
  leavesOf,
  originWords,
  type Problem,
  problemCounts,
  type ViewName,
  valueTree,
  viewDocument,
} from '../engine/index.ts';
import type {Context} from './context.ts';
import {problemText} from './output.ts';
import {plainLine} from './plain.ts';
import {table} from './table.ts';
import {findConfig} from './where.ts';
import type {Ended} from './world.ts';

/** `config check`: every problem of a configuration, which is the result and goes to stdout. */
export async function checkConfig(context: Context): Promise<Ended> {
  const {output} = context;
  const reading = await readConfig(context);
  const {draft, problems} = reading;
  if (output.json) output.data({problems: problems.map((problem) => ({severity: 'error', ...problem}))});
  else {
    for (const problem of problems) output.print(`${problemText(problem, output.colour)}\n`);
    output.print(`${draft ? factsOf(draft) : plainLine(reading.folder)}: ${countsOf(problems)}`);
  }
  return codeOf(problems);
}

/** `config show`: the values of a view, one line each. */
export async function showConfig(context: Context): Promise<Ended> {
  const {output, options} = context;
  const {draft, problems} = await readConfig(context);
  for (const problem of problems) output.problem(problem);
  if (!draft) return codeOf(problems);
  const view: ViewName = options.view === 'kubernetes' ? 'kubernetes' : 'services';
  if (output.json) output.data(viewDocument(draft.views[view]));
  else {
    const rows = [...leavesOf(valueTree(draft, view))].map(({path, text = '', origin}) => [
      path,
      text,
      origin ? originWords(origin, draft.folder) : '',
    ]);
    output.print(table(['KEY', 'VALUE', 'FROM'], rows));
  }
  return codeOf(problems);
}

async function readConfig({engine, world, options, output}: Context): Promise<ConfigReading & {folder: string}> {
  const {config, tree, note} = await findConfig(engine, world, options);
  if (note) output.say(`note: ${note}`);
  return {
    folder: config,
    ...(await engine.openConfig(config, {...(tree ? {tree} : {}), ...(options.python ? {python: true} : {})})),
  };
}

/** '/etc/cluster: era G (v0.14), 5 machines' */
function factsOf({folder, era, release, machines}: ClusterConfig): string {
  const count = `${machines.length} ${machines.length === 1 ? 'machine' : 'machines'}`;
  return `${plainLine(folder)}: era ${era} (${release}), ${count}`;
}

function countsOf(problems: readonly Problem[]): string {
  return `${problemCounts(problems) || 'nothing is wrong'}.`;
}

function codeOf(problems: readonly Problem[]): Ended {
  const errors = problems.filter(isError);
  return Math.max(0, ...errors.map(exitCodeOf)) as Ended;
}
