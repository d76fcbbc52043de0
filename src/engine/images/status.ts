import type {ImageBuildRequest, ImageStatus, ImageStatusReport, ImageStatusRequest} from '../api.ts';
import {selectImages} from '../catalog/select.ts';
import type {Catalog} from '../catalog/types.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {Tools} from '../tools.ts';
import type {BaseMemory} from './bases.ts';
import {type ImageFacts, readImageFacts} from './facts.ts';
import {imageOf} from './inputs.ts';

/** The state of the images asked for, of all without names. Throws `unknown-name`. */
export async function readImageStatus(
  request: Pick<ImageStatusRequest, 'names' | 'checkBases' | 'config'> & {
    readonly catalog: Catalog;
    readonly builder: ImageBuildRequest['builder'];
  },
  world: {readonly tools: Tools; readonly stateFolder: string},
  signal: AbortSignal,
): Promise<{readonly report: ImageStatusReport; readonly bases: BaseMemory}> {
  const {catalog, names = [], checkBases = false, builder, config} = request;
  const wanted = selectImages(catalog, names, {prerequisites: false}).images;
  // What they stand on decides about them.
  const selection = selectImages(catalog, names);
  const at = world.tools.clock.now();
  let facts: ImageFacts;
  try {
    facts = await readImageFacts({catalog, selection, builder, checkBases, config}, {...world, anew: true}, signal);
  } catch (error) {
    if (!(error instanceof ProblemError) || !enginesFault.has(error.problem.code)) throw error;
    const images = wanted.map((name) => withoutEngine(name, catalog));
    return {report: {images, problems: [error.problem], at}, bases: {asked: [], unanswered: []}};
  }
  const judged = new Map(facts.images.map((image) => [image.name, image]));
  const images = wanted.map((name): ImageStatus => {
    const found = judged.get(name);
    const {component} = imageOf(catalog, name);
    if (!found) return {name, component, state: 'unknown', reasons: ['it needs itself: see the problems of the tree']};
    const {builder: _builder, ...status} = found;
    return {...status, component};
  });
  return {
    report: {images, problems: [...facts.unreadable, ...(facts.hadoop?.problems ?? []), ...facts.notices], at},
    bases: facts,
  };
}

const enginesFault = new Set<Problem['code']>(['engine-unreachable', 'engine-refused', 'config-invalid']);

function withoutEngine(name: string, catalog: Catalog): ImageStatus {
  const {component} = imageOf(catalog, name);
  return {name, component, state: 'unknown', reasons: ['the Docker engine cannot be asked']};
}
