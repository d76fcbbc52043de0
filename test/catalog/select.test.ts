import {beforeAll, expect, test} from 'vitest';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import {selectImages} from '../../src/engine/catalog/select.ts';
import type {Catalog} from '../../src/engine/catalog/types.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {fixture} from './trees.ts';

let sample: Catalog;
beforeAll(async () => {
  sample = await openCatalog(fixture('sample'));
});

const problemOfSelecting = (names: string[]) => {
  try {
    selectImages(sample, names);
  } catch (error) {
    return error instanceof ProblemError ? error.problem : undefined;
  }
  return undefined;
};

test('no name means everything', () => {
  const {components, images} = selectImages(sample, []);
  expect(components).toHaveLength(12);
  expect(images).toHaveLength(12);
});

test('an image brings all it stands on, and components whose folder is copied', () => {
  expect(selectImages(sample, ['end-to-end-test'])).toEqual({
    components: ['base-image', 'end-to-end-test', 'hadoop-ai', 'hadoop-run'],
    images: ['base-image', 'end-to-end-test', 'hadoop-run'],
  });
});

test('a component means all its images, an image only itself', () => {
  expect(selectImages(sample, ['drivers']).images).toEqual(['drivers-384.111', 'drivers-418.56']);
  expect(selectImages(sample, ['drivers-418.56'])).toEqual({components: ['drivers'], images: ['drivers-418.56']});
});

test('a component that is needed by name alone brings its images', async () => {
  const catalog = await openCatalog(fixture('tree-g'));
  const components = catalog.components.map((component) =>
    component.name === 'rest-server' ? {...component, needs: ['base-image', 'drivers']} : component,
  );
  expect(selectImages({...catalog, components}, ['rest-server']).images).toEqual([
    'base-image',
    'drivers-384.111',
    'drivers-418.56',
    'rest-server',
  ]);
});

test('a prerequisite of several images brings the one that is stood on', async () => {
  const catalog = await openCatalog(fixture('tree-g'));
  const images = catalog.images.map((image) =>
    image.name === 'rest-server' ? {...image, needs: ['drivers-384.111']} : image,
  );
  const components = catalog.components.map((component) =>
    component.name === 'rest-server' ? {...component, needs: ['drivers']} : component,
  );
  expect(selectImages({...catalog, images, components}, ['rest-server'])).toEqual({
    components: ['base-image', 'drivers', 'rest-server'],
    images: ['drivers-384.111', 'rest-server'],
  });
});

test('the case of letters does not matter', () => {
  expect(selectImages(sample, ['WebPortal']).components).toEqual(['base-image', 'webportal']);
});

test('for a push just what was named is chosen', () => {
  expect(selectImages(sample, ['end-to-end-test'], {prerequisites: false})).toEqual({
    components: ['end-to-end-test'],
    images: ['end-to-end-test'],
  });
});

test('one unknown name is answered with the nearest', () => {
  expect(problemOfSelecting(['webportl'])).toMatchObject({
    code: 'unknown-name',
    message: 'The tree has no image and no component named webportl.',
    hint: 'Did you mean webportal?',
  });
});

test('all unknown names are named at once, without their control characters', () => {
  expect(problemOfSelecting(['webportl', 'base-image', 'g\u001b[31mrafana'])).toMatchObject({
    message: 'The tree has no images and no components named webportl, grafana.',
    hint: 'For webportl: webportal; nothing is like grafana',
  });
});
