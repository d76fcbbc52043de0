import {join} from 'node:path';
import type {ImageBuildRequest} from '../../api.ts';
import type {Catalog} from '../../catalog/types.ts';
import {copyEffect} from '../../images/copy.ts';
import {givenIn, type ImageBuildFacts, readImageFacts} from '../../images/facts.ts';
import {missingBinary} from '../../images/hadoop-binary.ts';
import {imageOf} from '../../images/inputs.ts';
import type {ImageTemplates} from '../../images/templates.ts';
import {createTurns, type Turns} from '../../images/turns.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {shortHash} from '../../safe-name.ts';
import type {Files} from '../../tools.ts';
import {plainId} from '../task-id.ts';
import type {Operation, Plan, Task} from '../types.ts';
import {effectsOf} from './image-build-effects.ts';
import {refusals, refusedWithoutEngine} from './image-build-refusals.ts';
import {hasHooks, inCopy, type Step, stepsOf, willBuild} from './image-build-steps.ts';
import {type ComponentWork, type CopyTreeWork, runComponent, runCopyTree, runPull} from './image-build-tasks.ts';
import {openForBuild, openTemplates, templated} from './image-request.ts';

/** Builds images with all they stand on, in parallel where their needs allow. */
export const imageBuild: Operation<ImageBuildRequest, ImageBuildFacts> = {
  name: 'image build',
  locks: (request, facts) => [{scope: 'images', of: shortHash(`${request.source}\0${facts.engine.endpoint}`)}],
  async readFacts(request, world, signal) {
    const {catalog, selection} = await openForBuild(request);
    const wanted = {catalog, selection, builder: request.builder, checkBases: true, config: request.config};
    const reading = readImageFacts(wanted, world, signal).catch((error: unknown) => {
      throw refusedWithoutEngine(error, request, {catalog, selection});
    });
    const facts = {...(await reading), catalog, selection};
    const images = templated(catalog, selection);
    const {files} = world.tools;
    if (images.length === 0 || request.config === undefined) return withHadoop(facts, files, undefined);
    const templates = await openTemplates(request.config, catalog);
    const {readTemplateFacts} = await import('../../images/templates.ts');
    const rendered = await readTemplateFacts(images, catalog.toolRoot, templates, files);
    return withHadoop({...facts, templates: rendered}, files, templates);
  },
  plan: planImageBuild,
};

/** Whether the Hadoop binary is missed shows in the Dockerfile, which may be made from a template. */
async function withHadoop(
  facts: ImageBuildFacts,
  files: Files,
  templates: ImageTemplates | undefined,
): Promise<ImageBuildFacts> {
  const {hadoop, catalog} = facts;
  if (!hadoop) return facts;
  const missing = await missingBinary(hadoop, catalog, files, async (image) => {
    if (!image.templates.length) return files.readText(join(catalog.toolRoot, image.dockerfile));
    // A template that does not render has its problem already.
    const rendered = await templates?.render(image, catalog.toolRoot, files).catch(() => undefined);
    return rendered?.files.find(({path}) => path === image.dockerfile)?.text;
  });
  return {...facts, hadoop: {...hadoop, problems: [...hadoop.problems, ...missing]}};
}

/** Pure. Throws what makes building impossible: mistakes of the tree, images that need a template, … */
export function planImageBuild(request: ImageBuildRequest, facts: ImageBuildFacts): Plan {
  const {catalog} = facts;
  const {refused, notices} = refusals(request, facts);
  if (refused) throw new ProblemError(refused);

  const steps = stepsOf(request, facts);
  const prepared = inCopy(steps, facts);
  const pulls = pullsFor(steps, facts);
  const turns = createTurns();
  const templates = templatesOf(request, catalog);
  const tasks: Task[] = [
    ...(prepared.size > 0 ? [copyTask({catalog})] : []),
    ...pulls.map(([reference, digest]) => pullTask(reference, digest)),
    ...[...steps.values()].map((step) =>
      componentTask(step, steps, {copied: prepared.has(step.component.name), pulls, turns, templates}, request, facts),
    ),
  ];
  return {
    operation: 'image build',
    title: titleOf(steps),
    tasks,
    notices: [...notices, ...facts.notices, ...templateNotices(facts), ...advice(request, steps)],
  };
}

const copyTaskId = 'copy-tree';

function copyTask(work: CopyTreeWork): Task<{readonly files: number}> {
  return {
    id: copyTaskId,
    title: 'Copy the source tree into the run',
    needs: [],
    touches: 'this computer',
    does: [{kind: 'file', path: copyEffect}],
    // A folder of the run that ends with it: this computer is as before.
    expected: 'unchanged',
    why: ['hooks and copied dependencies need a tree they may write into'],
    ...runCopyTree(work),
  };
}

/** Foreign bases that moved and that something to be built stands on. */
function pullsFor(steps: ReadonlyMap<string, Step>, {catalog, moved}: ImageBuildFacts): (readonly [string, string])[] {
  const wanted = new Set(
    [...steps.values()].flatMap(({images}) =>
      images.filter(willBuild).flatMap(({name}) => imageOf(catalog, name).foreignBases),
    ),
  );
  return moved.filter(([reference]) => wanted.has(reference));
}

function pullTask(reference: string, digest: string): Task {
  return {
    id: pullId(reference),
    title: `Pull ${displayText(reference)}`,
    needs: [],
    touches: 'this computer',
    does: [{kind: 'docker', call: 'pull', image: reference}],
    expected: 'change',
    why: [`${displayText(reference)} moved to ${digest.slice(0, 19)}…`],
    retry: {attempts: 3, on: ['registry-unreachable'], waitMs: 1_000, maxWaitMs: 10_000},
    resource: 'upload',
    ...runPull(reference, digest),
  };
}

function componentTask(
  step: Step,
  steps: ReadonlyMap<string, Step>,
  {
    copied,
    pulls,
    turns,
    templates,
  }: {
    readonly copied: boolean;
    readonly pulls: readonly (readonly [string, string])[];
    readonly turns: Turns;
    readonly templates: ComponentWork['templates'];
  },
  request: ImageBuildRequest,
  facts: ImageBuildFacts,
): Task {
  const {component, images, expected, why} = step;
  const {catalog} = facts;
  const work: ComponentWork = {
    catalog,
    component,
    images: images.map(({name}) => name),
    engineId: facts.engine.id,
    inCopy: copied,
    mayBuild: expected !== 'unchanged',
    builder: request.builder,
    force: request.force,
    noCache: request.noCache,
    moved: facts.moved,
    asked: facts.asked,
    turns,
    templates,
    given: givenIn(facts.hadoop).filter(({image}) => component.images.includes(image)),
  };
  const bases = new Set(images.flatMap(({name}) => imageOf(catalog, name).foreignBases));
  return {
    id: taskId(component.name),
    title:
      images.length === 0 ? `Run the hooks of ${displayText(component.name)}` : `Build ${displayText(component.name)}`,
    needs: [
      ...(copied ? [copyTaskId] : []),
      ...(expected === 'unchanged' ? [] : pulls.filter(([base]) => bases.has(base)).map(([base]) => pullId(base))),
      ...component.needs.filter((name) => steps.has(name)).map(taskId),
    ],
    touches: expected === 'unchanged' && !copied ? 'nothing' : 'this computer',
    does: effectsOf(step, copied, request.force, facts),
    expected,
    why,
    retry: {attempts: 2, on: ['engine-unreachable'], waitMs: 2_000, maxWaitMs: 2_000},
    resource: copied && hasHooks(component) ? 'hook' : 'build',
    ...(images.length > 0 && expected !== 'unchanged'
      ? {
          undo: 'Build again from the former source; the former image stays on the engine without a name until it is pruned.',
        }
      : {}),
    ...runComponent(work),
  };
}

function titleOf(steps: ReadonlyMap<string, Step>): string {
  const all = [...steps.values()];
  const sure = all.filter(({expected}) => expected === 'change').flatMap(({images}) => images).length;
  const open = all.filter(({expected}) => expected === 'decided while running').flatMap(({images}) => images).length;
  if (sure + open === 0) return 'Build nothing: every image is current';
  const count = sure + open === 1 ? '1 image' : `${sure + open} images`;
  return open > 0 ? `Build up to ${count}` : `Build ${count}`;
}

/** Opened once, by the first task that renders. */
function templatesOf({config}: ImageBuildRequest, catalog: Catalog): () => Promise<ImageTemplates> {
  let opening: Promise<ImageTemplates> | undefined;
  return () => {
    if (config === undefined) throw new Error('A plan without a configuration has no templates.');
    opening ??= openTemplates(config, catalog);
    return opening;
  };
}

function templateNotices({templates}: ImageBuildFacts): Problem[] {
  if (!templates) return [];
  const holding = templates.rendered.filter(({digest}) => digest === 'secret');
  return [
    ...templates.warnings,
    ...holding.map(
      ({image, path}): Problem => ({
        code: 'template-secret',
        severity: 'warning',
        message: `A secret of the configuration stands in ${displayText(path)}, so that it becomes part of the image ${displayText(image)}.`,
        hint: 'Whoever can pull the image can read it. The image is built each time, since secrets are not remembered.',
      }),
    ),
  ];
}

function advice(request: ImageBuildRequest, steps: ReadonlyMap<string, Step>): Problem[] {
  const idle = [...steps.values()].every(({expected}) => expected === 'unchanged');
  if (!request.noCache || !idle || steps.size === 0) return [];
  return [
    {
      code: 'usage',
      severity: 'notice',
      message: 'Every image is current, so that there is nothing to build without the cache.',
      hint: 'Add --force to build what is current.',
    },
  ];
}

function taskId(component: string): string {
  return `build/${plainId(component)}`;
}

function pullId(reference: string): string {
  return `pull/${plainId(reference)}`;
}
