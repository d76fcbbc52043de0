import {posix} from 'node:path';
import type {ImageBuildRequest} from '../api.ts';
import type {Catalog, Component} from '../catalog/types.ts';
import {copiedToolRoot, copyEffect} from '../images/copy.ts';
import {type ImageBuildFacts, readImageFacts} from '../images/facts.ts';
import {componentOf, imageOf} from '../images/inputs.ts';
import {allCopies, hooksBefore, type ImageJudgement} from '../images/judge.ts';
import {shortHash} from '../images/record.ts';
import type {ImageTemplates} from '../images/templates.ts';
import {createTurns, type Turns} from '../images/turns.ts';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {refusals} from './image-build-refusals.ts';
import {type ComponentWork, type CopyTreeWork, runComponent, runCopyTree, runPull} from './image-build-tasks.ts';
import {openForBuild, openTemplates, templated} from './image-request.ts';
import {plainId} from './task-id.ts';
import type {Effect, Expected, Operation, Plan, Task} from './types.ts';

/** Builds images with all they stand on, in parallel where their needs allow. */
export const imageBuild: Operation<ImageBuildRequest, ImageBuildFacts> = {
  name: 'image build',
  locks: (request, facts) => [{scope: 'images', of: shortHash(`${request.source}\0${facts.engine.endpoint}`)}],
  async readFacts(request, world, signal) {
    const {catalog, selection} = await openForBuild(request);
    const wanted = {catalog, selection, builder: request.builder, checkBases: true};
    const facts = {...(await readImageFacts(wanted, world, signal)), catalog, selection};
    const images = templated(catalog, selection);
    if (images.length === 0 || request.config === undefined) return facts;
    const templates = await openTemplates(request.config, catalog);
    const {readTemplateFacts} = await import('../images/templates.ts');
    return {...facts, templates: await readTemplateFacts(images, catalog.toolRoot, templates, world.tools.files)};
  },
  plan: planImageBuild,
};

/** Pure. Throws what makes building impossible: mistakes of the tree, images that need a template, … */
export function planImageBuild(request: ImageBuildRequest, facts: ImageBuildFacts): Plan {
  const {catalog} = facts;
  const {refused, notices} = refusals(request, facts);
  if (refused) throw new ProblemError(refused);

  const steps = stepsOf(request, facts);
  const prepared = inCopy(steps, catalog);
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

/** What the facts let us expect of one component. */
interface Step {
  readonly component: Component;
  readonly images: readonly ImageJudgement[];
  readonly expected: Expected;
  readonly why: readonly string[];
}

/** Components that have something to do or to hand on, by name, in build order of their images. */
function stepsOf(request: ImageBuildRequest, facts: ImageBuildFacts): Map<string, Step> {
  const {catalog} = facts;
  const judged = new Map(facts.images.map((image) => [image.name, image]));
  const steps = new Map<string, Step>();
  for (const name of facts.selection.components) {
    const component = componentOf(catalog, name);
    const images = component.images.flatMap((image) => judged.get(image) ?? []);
    // A component that is only a folder for others needs no task: the copy of the tree has it.
    if (images.length === 0 && !hasHooks(component) && component.copies.length === 0) continue;
    steps.set(name, {component, images, ...expectation(component, images, request.force, catalog)});
  }
  return steps;
}

function expectation(
  component: Component,
  images: readonly ImageJudgement[],
  force: boolean,
  catalog: Catalog,
): Pick<Step, 'expected' | 'why'> {
  if (force && images.length > 0) {
    return {
      expected: 'change',
      why: sentences(images.filter(willBuild), images.length, ['everything is built (--force)']),
    };
  }
  const building = images.filter(willBuild);
  if (building.length > 0) return {expected: 'change', why: sentences(building, images.length, [])};
  const open = images.filter(({state}) => state === 'unknown');
  if (open.length > 0) return {expected: 'decided while running', why: sentences(open, images.length, [])};
  if (images.length > 0) return {expected: 'unchanged', why: []};
  const hooks = hooksBefore(catalog, component);
  const own = component.postHook === undefined ? hooks : [...hooks, posix.basename(component.postHook)];
  return own.length > 0
    ? {
        expected: 'decided while running',
        why: [`${own.join(' and ')} ${own.length > 1 ? 'run' : 'runs'} for what stands on it`],
      }
    : {expected: 'unchanged', why: []};
}

/** With more than one image in a component each sentence says which it is about. */
function sentences(images: readonly ImageJudgement[], of: number, first: readonly string[]): string[] {
  const all = images.flatMap(({name, reasons}) => (of > 1 ? reasons.map((reason) => `${name}: ${reason}`) : reasons));
  return [...first, ...all];
}

/**
 * Components that work in the copy of the tree: those with hooks or copied dependencies that may have something to do,
 * and what is copied into them as far as it must be made ready first.
 */
function inCopy(steps: ReadonlyMap<string, Step>, catalog: Catalog): Set<string> {
  const found = new Set<string>();
  for (const {component, expected} of steps.values()) {
    if (expected === 'unchanged' || !needsCopy(component, catalog)) continue;
    found.add(component.name);
    for (const copied of allCopies(catalog, component)) {
      if (steps.has(copied.name) && needsCopy(copied, catalog)) found.add(copied.name);
    }
  }
  return found;
}

function needsCopy(component: Component, catalog: Catalog): boolean {
  return (
    hasHooks(component) ||
    component.copies.length > 0 ||
    component.images
      .map((name) => imageOf(catalog, name))
      .some((image) => image.copyList.length + image.templates.length > 0)
  );
}

function hasHooks({preHook, postHook}: Component): boolean {
  return preHook !== undefined || postHook !== undefined;
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

function effectsOf(
  {component, images, expected}: Step,
  copied: boolean,
  force: boolean,
  {catalog, templates}: ImageBuildFacts,
): Effect[] {
  const toolRoot = copiedToolRoot(catalog);
  const effects: Effect[] = [];
  if (copied) effects.push({kind: 'file', path: copyEffect});
  for (const {image, path, digest} of copied ? (templates?.rendered ?? []) : []) {
    if (component.images.includes(image)) effects.push({kind: 'file', path: posix.join(toolRoot, path), digest});
  }
  if (component.preHook !== undefined && copied) {
    effects.push({kind: 'command', argv: [component.preHook], cwd: toolRoot});
  }
  if (expected === 'unchanged') return effects;
  for (const image of images) {
    if (!force && image.state === 'current') continue;
    const decided = force || willBuild(image) ? {} : {decided: 'only if what it is made of changed'};
    const {localName, needs} = imageOf(catalog, image.name);
    effects.push({kind: 'docker', call: 'build', image: localName, ...decided});
    // Dockerfiles may name our images by registry, namespace or tag; then the engine must know them so.
    const names = needs.flatMap((need) => imageOf(catalog, need).alsoCalled ?? []);
    for (const name of names) effects.push({kind: 'docker', call: 'tag', image: name, ...decided});
  }
  if (component.postHook !== undefined) {
    const isSure = component.images.length === 0 || images.some((image) => force || willBuild(image));
    const decided = isSure ? {} : {decided: 'only if an image was built'};
    effects.push({kind: 'command', argv: [component.postHook], cwd: toolRoot, ...decided});
  }
  effects.push({kind: 'file', path: '$STATE/images/**'});
  return effects;
}

function willBuild({state}: ImageJudgement): boolean {
  return state === 'stale' || state === 'never';
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
