import {type Catalog, exitCodeOf, type ImageRequest, isError, ProblemError, together} from '../engine/index.ts';
import type {Context} from './context.ts';
import {showGraph} from './image-graph.ts';
import {showImages} from './image-list.ts';
import {showStatus} from './image-status.ts';
import {limitsOf} from './limits.ts';
import {carryOut} from './operation.ts';
import type {Output} from './output.ts';
import {findWhere, type Where} from './where.ts';
import {type Ended, isUtf8} from './world.ts';

/** `image list` and `image graph`: what the tree holds, with all its problems at once. */
export async function listImages(context: Context, look: 'list' | 'graph'): Promise<Ended> {
  const {catalog} = await openSource(context);
  sayProblems(catalog, context.output);
  if (look === 'list') showImages(catalog, context.output);
  else {
    const ascii = context.options.ascii === true || !isUtf8(context.world);
    showGraph(catalog, context.output, {dot: context.options.dot === true, ascii});
  }
  return codeOf(catalog);
}

/** `image status`. */
export async function imageStatus(context: Context): Promise<Ended> {
  const {source, config, catalog} = await openSource(context);
  sayProblems(catalog, context.output);
  const report = await context.engine.imageStatus({
    source,
    ...(config === undefined ? {} : {config}),
    ...(context.names.length > 0 ? {names: context.names} : {}),
    checkBases: context.options['check-bases'] === true,
  });
  const code = showStatus(report, context.output);
  return code === 0 && context.names.length === 0 ? codeOf(catalog) : code;
}

/** `image build` and `image push`. */
export async function changeImages(context: Context, verb: 'build' | 'push'): Promise<Ended> {
  const limits = limitsOf(context);
  // A script that stands in the wrong folder must not build and push the sample under the names of real images.
  const treeIsHere = context.treeIsHere || context.options.yes === true;
  const {source, config, catalog} = await openSource({...context, treeIsHere});
  const common = {source, ...(config === undefined ? {} : {config}), names: context.names, ...limits};
  const request: ImageRequest =
    verb === 'push'
      ? {operation: 'image push', ...common}
      : {operation: 'image build', ...common, ...buildChoices(context)};
  try {
    return await carryOut(context, request);
  } catch (error) {
    throw withErrorsOfTree(error, context, catalog);
  }
}

interface OpenSource extends Where {
  readonly catalog: Catalog;
}

/** Finds the tree and reads it. */
async function openSource({engine, world, output, options, treeIsHere}: Context): Promise<OpenSource> {
  const where = await findWhere(engine, world, options, {treeIsHere});
  if (where.note) output.say(`note: ${where.note}`);
  const catalog = where.catalog ?? (await engine.openTree(where.source, where.config));
  return {...where, source: catalog.root, catalog};
}

/** 0 for a tree without errors; warnings do not count. */
function codeOf({problems}: Catalog): Ended {
  return Math.max(0, ...problems.filter(isError).map(exitCodeOf)) as Ended;
}

function sayProblems({problems}: Catalog, output: Output): void {
  for (const problem of problems) output.problem(problem);
}

/**
 * A tree that cannot be built is the graver news when there is not even an engine: its errors are said too, and
 * decide. With names the engine alone knows whether the errors stand in their way.
 */
function withErrorsOfTree(error: unknown, {names, output}: Context, {problems}: Catalog): unknown {
  if (!(error instanceof ProblemError)) return error;
  if (error.cause instanceof ProblemError && exitCodeOf(error.problem) === 3) output.problem(error.cause.problem);
  const inTree = together(problems.filter(isError));
  if (!inTree || exitCodeOf(error.problem) !== 6 || names.length > 0) return error;
  output.problem(error.problem);
  return new ProblemError(inTree, {cause: error});
}

function buildChoices({options}: Context) {
  return {
    force: options.force === true,
    noCache: options['no-cache'] === true,
    builder: (options.builder ?? 'auto') as 'auto' | 'classic' | 'buildkit',
  };
}
