import {resolve} from 'node:path';
import {exitCodeOf, type GeneratedFile, type GenerateReport, isError, ProblemError} from '../engine/index.ts';
import type {Context} from './context.ts';
import {misuse} from './misuse.ts';
import {plainLine, plainText} from './plain.ts';
import {table} from './table.ts';
import {findWhere} from './where.ts';
import type {Ended} from './world.ts';

/** `config generate`: the files of a new configuration. Ends with 3 when the quick-start file has mistakes. */
export async function generateConfig({engine, world, options, output}: Context): Promise<Ended> {
  const {input, output: folder} = options;
  if (typeof input !== 'string') throw misuse('config generate needs --input FILE, the quick-start file.', example);
  if (typeof folder !== 'string') throw misuse('config generate needs --output DIR, the folder to write to.', example);
  const dryRun = options['dry-run'] === true;
  if (options.readonly && !dryRun) {
    throw new ProblemError({
      code: 'read-only',
      message: 'config generate writes files, and --readonly refuses that.',
      hint: 'See what it would write with --dry-run.',
    });
  }
  // What the tree is decides everything, so the sample does not stand in.
  const {source} = await findWhere(engine, world, options, {treeIsHere: true});
  const report = await engine.generateConfig({
    quickStart: resolve(world.cwd, input),
    output: resolve(world.cwd, folder),
    source,
    overwrite: options.force === true,
    dryRun,
  });
  for (const problem of report.problems) output.problem(problem);
  if (output.json) output.data(documentOf(report));
  else if (report.files.length > 0) output.print(dryRun ? wouldWrite(report) : wrote(report));
  const errors = report.problems.filter(isError);
  return Math.max(0, ...errors.map(exitCodeOf)) as Ended;
}

const example = 'Try: pai-tui config generate -i quick-start.yaml -o ~/cluster -s ~/pai';

function documentOf({folder, era, files, problems}: GenerateReport) {
  return {
    folder,
    era,
    files: files.map(({name, action, backup}) => ({name, action, ...(backup === undefined ? {} : {backup})})),
    problems: problems.map((problem) => ({severity: 'error', ...problem})),
  };
}

function wrote({folder, files}: GenerateReport): string {
  const rows = files.map(({name, action, backup}) => [name, action, backup === undefined ? '' : `before: ${backup}`]);
  const check = files.some(({action}) => action !== 'kept')
    ? `\n\nCheck it with: pai-tui config check -c ${folder}`
    : '';
  return `${plainLine(folder)}:\n${table(['FILE', 'WAS', ''], rows)}${plainText(check)}`;
}

function wouldWrite({folder, files}: GenerateReport): string {
  const texts = files.map((file) => `# ${plainLine(folder)}/${file.name}: ${fate(file)}\n${plainText(file.shown)}`);
  return texts.join('\n');
}

function fate({action, hasSecret}: GeneratedFile): string {
  const readers = hasSecret ? ', for its owner alone' : '';
  if (action === 'kept') return 'would stay as it is; this would be written with --force';
  return action === 'replaced' ? `would be replaced${readers}; the old one is kept` : `would be written${readers}`;
}
