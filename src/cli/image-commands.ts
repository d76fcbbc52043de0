import {type Catalog, exitCodeOf, type ImageRequest, type Problem, ProblemError} from '../engine/index.ts';
import type {Context} from './context.ts';
import {showGraph} from './image-graph.ts';
import {showImages} from './image-list.ts';
import {showStatus} from './image-status.ts';
import {carryOut} from './operation.ts';
import {readDuration} from './times.ts';
import {findWhere, type Where} from './where.ts';
import type {Ended} from './world.ts';

/** `image list` and `image graph`: what the tree holds, with all its problems at once. */
export async function listImages(context: Context, look: 'list' | 'graph'): Promise<Ended> {
  const {catalog} = await openSource(context);
  if (look === 'list') showImages(catalog, context.output);
  else showGraph(catalog, context.output, {dot: context.options.dot === true, ascii: context.options.ascii === true});
  return Math.max(0, ...catalog.problems.filter(isError).map(exitCodeOf)) as Ended;
}

/** `image status`. */
export async function imageStatus(context: Context): Promise<Ended> {
  const {source, config} = await openSource(context);
  const report = await context.engine.imageStatus({
    source,
    ...(config === undefined ? {} : {config}),
    ...(context.names.length > 0 ? {names: context.names} : {}),
    checkBases: context.options['check-bases'] === true,
  });
  return showStatus(report, context.output);
}

/** `image build` and `image push`. */
export async function changeImages(context: Context, verb: 'build' | 'push'): Promise<Ended> {
  const limits = limitsOf(context);
  const {source, config, catalog} = await openSource(context);
  const common = {source, ...(config === undefined ? {} : {config}), names: context.names, ...limits};
  const request: ImageRequest =
    verb === 'push'
      ? {operation: 'image push', ...common}
      : {operation: 'image build', ...common, ...buildChoices(context)};
  try {
    return await carryOut(context, request);
  } catch (error) {
    throw saidAlready(error, catalog);
  }
}

interface OpenSource extends Where {
  readonly catalog: Catalog;
}

/** Finds the tree, reads it, and says its problems. */
async function openSource({engine, world, output, options, treeIsHere}: Context): Promise<OpenSource> {
  const where = await findWhere(engine, world, options, {treeIsHere});
  if (where.note) output.say(`note: ${where.note}`);
  const catalog = where.catalog ?? (await engine.openTree(where.source));
  for (const problem of catalog.problems) output.problem(problem);
  return {...where, source: catalog.root, catalog};
}

/** What keeps a plan from being made is often a problem of the tree that was just said: it is not said twice. */
function saidAlready(error: unknown, catalog: Catalog): unknown {
  if (!(error instanceof ProblemError)) return error;
  const {code, message, file, line} = error.problem;
  const said = catalog.problems.some(
    (problem) => problem.code === code && problem.message === message && problem.file === file && problem.line === line,
  );
  if (!said) return error;
  return new ProblemError({code, message: 'The tree has errors (above), so no plan can be made.'}, {cause: error});
}

function limitsOf({options}: Context) {
  return {
    ...(typeof options.parallel === 'string' ? {parallel: readCount(options.parallel)} : {}),
    ...(options['fail-fast'] ? {failFast: true} : {}),
    ...(typeof options.timeout === 'string' ? {timeoutMs: readDuration(options.timeout)} : {}),
    ...(options.readonly ? {readOnly: true} : {}),
  };
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1 && /^\d+$/.test(text)) return count;
  throw new ProblemError({code: 'usage', message: `--parallel needs a whole number from 1 on, not "${text}".`});
}

function buildChoices({options, world}: Context) {
  const {DOCKER_BUILDKIT} = world.environment;
  const wished = DOCKER_BUILDKIT === '1' ? 'buildkit' : DOCKER_BUILDKIT === '0' ? 'classic' : 'auto';
  return {
    force: options.force === true,
    noCache: options['no-cache'] === true,
    checkBases: true,
    builder: (options.builder ?? wished) as 'auto' | 'classic' | 'buildkit',
  };
}

function isError({severity}: Problem): boolean {
  return severity === undefined || severity === 'error';
}
