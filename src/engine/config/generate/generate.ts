/** A configuration from a quick-start file, of the era of a tree. */

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {openCatalog} from '../../catalog/open.ts';
import type {Era} from '../../catalog/types.ts';
import {unreadable} from '../../files/file-problem.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {createTemplates} from '../../template/templates.ts';
import {releaseOf} from '../release.ts';
import {dots} from '../secret-keys.ts';
import {environmentOf} from './environment.ts';
import {makeGuesses} from './guesses.ts';
import {noticesOf} from './notices.ts';
import {readQuickStart} from './quick-start.ts';
import {type WantedFile, wantedFiles} from './templates.ts';
import type {GeneratedFile, GenerateReport, GenerateRequest} from './types.ts';
import {checkFolder, judge, makeFolder, type Placed, place} from './write-files.ts';

/**
 * Writes the files of a configuration. Nothing is written while there is an error in the quick-start file. Throws
 * `no-tree`, `usage` for trees that know no quick-start files, `file-unwritable`. `templates`: the folder of ours.
 */
export async function generateConfig(request: GenerateRequest, templates: string): Promise<GenerateReport> {
  const tree = await openCatalog(request.source);
  if (tree.era < 'D') throw tooOld(tree.era, tree.root);
  const release = await releaseOf(tree);
  const {quickStart, problems} = await readQuickStart(request.quickStart, release);
  const report = {folder: request.output, era: tree.era, files: [], problems};
  if (!quickStart) return report;
  await checkFolder(request.output);
  const guesses = await makeGuesses(quickStart, tree.version);
  const wanted = wantedFiles(release);
  const names = wanted.map(({name}) => name);
  const plan = await judge(request.output, names, request.overwrite);
  const render = async (reveal: (secret: string) => string) =>
    renderAll(wanted, environmentOf(quickStart, release, guesses, reveal), templates);
  const texts = await render((secret) => secret);
  const shown = await render(() => dots);
  const files = wanted.map((file, index) => ({...file, text: texts[index] ?? '', shown: shown[index] ?? ''}));
  const done = request.dryRun ? plan : await placeAll(request.output, files, plan);
  const written = new Set(names.filter((_, index) => plan[index]?.action !== 'kept'));
  const notices = noticesOf({file: request.quickStart, quickStart, release, guesses, written});
  return {
    ...report,
    files: files.map((file, index) => generated(file, done[index] ?? {action: 'kept'})),
    problems: [...problems, ...notices, ...keptFiles(request.output, names, plan)],
  };
}

async function renderAll(
  wanted: readonly WantedFile[],
  context: ReturnType<typeof environmentOf>,
  folder: string,
): Promise<readonly string[]> {
  const {compile} = createTemplates();
  const texts: string[] = [];
  for (const {template} of wanted) {
    const path = join(folder, `${template}.template`);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw unreadable(error, path);
    });
    texts.push(`${compile(path, text).render(context).text.trimEnd()}\n`);
  }
  return texts;
}

type Rendered = WantedFile & {readonly text: string; readonly shown: string};

async function placeAll(
  folder: string,
  files: readonly Rendered[],
  plan: readonly Placed[],
): Promise<readonly Placed[]> {
  await makeFolder(folder);
  const now = new Date();
  const placed: Placed[] = [];
  for (const [index, file] of files.entries()) {
    const {action} = plan[index] ?? {action: 'kept'};
    const backup = action === 'kept' ? undefined : await place(folder, file, action === 'replaced', now);
    placed.push({action, ...(backup === undefined ? {} : {backup})});
  }
  return placed;
}

function generated({name, hasSecret, shown}: Rendered, placed: Placed): GeneratedFile {
  return {name, hasSecret, shown, ...placed};
}

function keptFiles(folder: string, names: readonly string[], plan: readonly Placed[]): readonly Problem[] {
  return names.flatMap((name, index): readonly Problem[] =>
    plan[index]?.action === 'kept'
      ? [
          {
            code: 'config-invalid',
            severity: 'warning',
            message: `${name} is there already and stays as it is.`,
            hint: 'Overwrite it with --force; what is there is then kept as another file.',
            file: join(folder, name),
          },
        ]
      : [],
  );
}

function tooOld(era: Era, root: string): ProblemError {
  return new ProblemError({
    code: 'usage',
    message: `Quick-start files are known from v0.6 on, and ${root} is an older tree (era ${era}).`,
    hint: 'Write its configuration by hand, or name a later tree with --source DIR.',
  });
}
