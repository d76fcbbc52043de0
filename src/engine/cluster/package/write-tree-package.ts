/** What scripts of a tree would be sent and run with on a machine, and what its tools apply by kubectl, as files on this computer. */

import {readdir} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {templateContext} from '../../config/template-contexts.ts';
import {readTemplate, templatesInside} from '../../package/read-template.ts';
import {shellWord} from '../../plan/effect-words.ts';
import {together} from '../../plan/together.ts';
import {isError, type Problem, ProblemError, problemOf} from '../../problem.ts';
import {createTemplates} from '../../template/templates.ts';
import {treeLayout, userOf} from '../tree-set/facts.ts';
import {checkScripts, openTreeSet, type TreeSet, treePackage} from '../tree-set/packages.ts';
import {bootScripts, cleanScripts, type TreeScript} from '../tree-set/scripts.ts';
import type {ClusterQuery, PackageWish, WrittenPackage} from '../types.ts';
import type {PackageWorld} from './write-package.ts';
import {checkEmpty, machineNamed, packageTexts, writeTexts} from './written-folder.ts';

/** No machine is asked. Throws as `writePackage` does, and what is wrong with the tree. */
export async function writeTreePackage(
  {config, source}: Pick<ClusterQuery, 'config' | 'source'>,
  {machine: name, operation, folder}: PackageWish,
  {files}: Pick<PackageWorld, 'files'>,
): Promise<WrittenPackage> {
  if (operation === 'certificates') {
    throw new ProblemError({
      code: 'usage',
      message: 'What a tree brings has no certificates.',
      hint: 'Ask for --operation deploy or clean, or leave --package-set tree out.',
    });
  }
  const set = await openTreeSet(config, source);
  const {layout, api} = treeLayout(set);
  const machine = machineNamed(name, layout);
  await checkEmpty(folder);
  const {package: pack, problems} = await treePackage(set, machine, operation, files);
  if (!pack) throw new ProblemError(together(problems.filter(isError)) ?? noPackage);
  const target = {address: machine.address, user: userOf(machine.name, set), job: pack.job};
  const scripts = operation === 'clean' ? cleanScripts(set.tools, false) : bootScripts(set.tools, target, api.host);
  checkScripts(
    pack,
    scripts.map(({script}) => script),
    set,
  );
  const applied = operation === 'deploy' ? await appliedTexts(set) : {texts: [], problems: []};
  const texts = new Map([
    ['steps.txt', stepsText(pack.job, scripts)],
    ...(await packageTexts(pack)),
    ...applied.texts,
  ] as const);
  const written = await writeTexts(folder, texts, files);
  return {
    ...{machine: machine.name, job: pack.job, folder, files: written},
    problems: [...problems, ...applied.problems],
  };
}

const noPackage: Problem = {code: 'package-corrupt', message: 'What the tree sends a machine cannot be gathered.'};

function stepsText(job: string, scripts: readonly TreeScript[]): string {
  const lines = scripts.map(
    ({script, args}, index) =>
      `${index + 1}. ./${[`${job}/${script}`, ...args].map(shellWord).join(' ')}   (as root)\n`,
  );
  return `${lines.join('')}\nIn the folder above ${job}. What they change is known to them alone.\n`;
}

/** The kubeconfig, kube-proxy and dashboard of the tree, below `applied`. One that cannot be rendered is told. */
async function appliedTexts({config, toolRoot, manifests}: TreeSet): Promise<{
  readonly texts: readonly (readonly [string, string])[];
  readonly problems: readonly Problem[];
}> {
  const folder = manifests === undefined ? join(toolRoot, 'template') : join(manifests, '../template');
  const names = (await readdir(folder).catch(() => [])).filter((name) =>
    /^(config|kube-proxy|dashboard).*\.template$/.test(name),
  );
  const templates = createTemplates(templatesInside(toolRoot));
  const seen = templateContext(config, {of: 'kubernetes standalone'});
  const texts: [string, string][] = [];
  const problems: Problem[] = [];
  for (const name of names.sort()) {
    const file = join(folder, name);
    try {
      const {text, warnings} = templates.compile(file, readTemplate(file)).render(seen);
      texts.push([`applied/${basename(name, '.template')}`, text]);
      problems.push(...warnings);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push({...problemOf(error), severity: 'warning'});
    }
  }
  return {texts, problems};
}
