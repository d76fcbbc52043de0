import {dirname, join, relative} from 'node:path';
import type {ImageBuildRequest} from '../../api.ts';
import type {Catalog, Image} from '../../catalog/types.ts';
import {orderGroups} from '../../graph.ts';
import type {ImageBuildFacts} from '../../images/facts.ts';
import {componentOf, imageOf} from '../../images/inputs.ts';
import {displayText} from '../../names.ts';
import {exitCodeOf, isError, type Problem, ProblemError} from '../../problem.ts';
import {together} from '../together.ts';

/**
 * Why these images cannot be built, as one problem that names all; and what is wrong elsewhere in the tree, which
 * only deserves a notice.
 */
export function refusals(
  request: ImageBuildRequest,
  facts: ImageBuildFacts,
): {readonly refused: Problem | undefined; readonly notices: readonly Problem[]} {
  const {catalog, selection} = facts;
  const images = selection.images.map((name) => imageOf(catalog, name));
  const mine = mistakesOf(request, facts);
  const all = [
    ...refusalsOfTree(request, facts),
    ...(facts.templates?.problems ?? []),
    ...(facts.hadoop?.problems ?? []),
    ...needBuildkit(images, request, facts),
    ...facts.unreadable,
  ];
  const notices = catalog.problems
    .filter((problem) => !mine.includes(problem))
    .map((problem): Problem => (problem.severity === 'notice' ? problem : {...problem, severity: 'warning'}));
  return {refused: together(unique(all)), notices};
}

/** A tree and what of it was asked for. */
type Chosen = Pick<ImageBuildFacts, 'catalog' | 'selection'>;

/**
 * What is in the way whatever the engine has: graver news than that it cannot be reached. The error that comes of it
 * has the unreachable engine as its cause.
 */
export function refusedWithoutEngine(error: unknown, request: ImageBuildRequest, chosen: Chosen): unknown {
  if (!(error instanceof ProblemError) || exitCodeOf(error.problem) !== 6) return error;
  const refused = together(unique(refusalsOfTree(request, chosen)));
  return refused ? new ProblemError(refused, {cause: error}) : error;
}

function refusalsOfTree(request: ImageBuildRequest, chosen: Chosen): Problem[] {
  const {catalog, selection} = chosen;
  const images = selection.images.map((name) => imageOf(catalog, name));
  const mine = mistakesOf(request, chosen);
  return [
    ...mine,
    ...ringsWithoutProblem(mine, chosen),
    ...needConfiguration(images, request, catalog),
    ...needNamespace(images),
  ];
}

function mistakesOf(request: ImageBuildRequest, chosen: Chosen): Problem[] {
  const errors = chosen.catalog.problems.filter(isError);
  return errors.filter((problem) => concerns(problem, request, chosen));
}

/**
 * A mistake in the folder of another component, or in one beside the components that cannot be one, does not stand in
 * the way of what was asked for by name; one of the whole tree does.
 */
function concerns({file}: Problem, {names}: Pick<ImageBuildRequest, 'names'>, {catalog, selection}: Chosen): boolean {
  if (file === undefined) return true;
  const owner = catalog.components.find(({folder}) => isBelow(file, join(catalog.toolRoot, folder)));
  if (owner) return selection.components.includes(owner.name);
  const besideComponents = catalog.components.some(({folder}) => {
    const parent = join(catalog.toolRoot, dirname(folder));
    return file !== parent && isBelow(file, parent);
  });
  return names.length === 0 || !besideComponents;
}

function isBelow(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path === '' || !(path === '..' || path.startsWith('../'));
}

/** A ring may be told of at a file of a component that was not asked for. */
function ringsWithoutProblem(known: readonly Problem[], {catalog, selection}: Chosen): Problem[] {
  if (known.some(({code}) => code === 'dependency-cycle')) return [];
  const needs = new Map(selection.components.map((name) => [name, componentOf(catalog, name).needs]));
  return orderGroups(needs).cycles.map(
    (ring): Problem =>
      catalog.problems.find(
        ({code, message}) => code === 'dependency-cycle' && ring.every((name) => message.includes(displayText(name))),
      ) ?? {
        code: 'dependency-cycle',
        message: `These components need each other: ${[...ring, ring[0] ?? ''].map(displayText).join(' → ')}.`,
        hint: 'Remove one of the edges: a FROM line, or a name in component.dep.',
      },
  );
}

function needConfiguration(images: readonly Image[], {config}: ImageBuildRequest, catalog: Catalog): Problem[] {
  if (config !== undefined) return [];
  return images
    .filter(({templates}) => templates.length > 0)
    .map(({name, templates, dockerfile}) => ({
      code: 'config-missing',
      message: `${displayText(name)} is made from ${templates.length === 1 ? 'a template' : 'templates'} (${templates.map(displayText).join(', ')}), and what they are rendered from is in the configuration.`,
      hint: 'Name the configuration with -c DIR.',
      file: join(catalog.toolRoot, dockerfile),
    }));
}

function needNamespace(images: readonly Image[]): Problem[] {
  const unnamed = images.filter(({localName}) => localName.startsWith('<namespace>'));
  if (unnamed.length === 0) return [];
  return [
    {
      code: 'config-missing',
      message: `In this tree ${displayText(unnamed[0]?.name ?? '')} is called NAMESPACE/${displayText(unnamed[0]?.name ?? '')}, and the namespace is in the configuration.`,
      hint: 'Name the configuration with -c DIR.',
    },
  ];
}

function needBuildkit(
  images: readonly Image[],
  request: ImageBuildRequest,
  {catalog, engine, images: judged}: ImageBuildFacts,
): Problem[] {
  const byBuildkit = new Set(judged.filter(({builder}) => builder === 'buildkit').map(({name}) => name));
  const why = (image: Image) => (image.needsBuildkit ? `${displayText(image.needsBuildkit.because)}` : '');
  return images.flatMap((image): Problem[] => {
    const needs = image.needsBuildkit;
    const place = needs ? {file: join(catalog.toolRoot, image.dockerfile), line: needs.line} : {};
    if (needs && request.builder === 'classic') {
      return [
        {
          code: 'dockerfile-invalid',
          message: `${displayText(image.name)} cannot be built by the classic builder: ${why(image)} needs BuildKit.`,
          hint: 'Leave out --builder classic and DOCKER_BUILDKIT=0: then pai-tui chooses.',
          ...place,
        },
      ];
    }
    if ((needs || byBuildkit.has(image.name)) && !engine.buildkit) {
      return [
        {
          code: 'engine-refused',
          message: `${displayText(image.name)} needs BuildKit, which the engine ${displayText(engine.version)} at ${engine.endpoint} does not have.`,
          hint: needs
            ? 'Use an engine with BuildKit, or a Dockerfile without what needs it.'
            : 'Use an engine with BuildKit, or build with --builder classic.',
          ...place,
        },
      ];
    }
    return [];
  });
}

function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.file}\0${problem.line}\0${problem.message}`, problem]));
  return [...seen.values()];
}
