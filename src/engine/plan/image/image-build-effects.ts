import {posix} from 'node:path';
import {copiedToolRoot, copyEffect} from '../../images/copy.ts';
import {givenIn, type ImageBuildFacts} from '../../images/facts.ts';
import {imageOf} from '../../images/inputs.ts';
import type {Effect} from '../types.ts';
import {type Step, willBuild} from './image-build-steps.ts';

/** Everything that building one component may change. */
export function effectsOf(
  {component, images, expected}: Step,
  copied: boolean,
  force: boolean,
  {catalog, templates, hadoop}: ImageBuildFacts,
): Effect[] {
  const toolRoot = copiedToolRoot(catalog);
  const effects: Effect[] = [];
  if (copied) effects.push({kind: 'file', path: copyEffect});
  for (const {image, path, digest} of copied ? (templates?.rendered ?? []) : []) {
    if (component.images.includes(image)) effects.push({kind: 'file', path: posix.join(toolRoot, path), digest});
  }
  for (const {image, path, digest} of copied ? givenIn(hadoop) : []) {
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
