import {expect, test} from 'vitest';
import {ownImage} from '../../src/engine/catalog/references.ts';

const ours = new Set(['base-image', 'grafana', 'busybox']);
const registry = {namespace: 'openpai', domain: 'registry.local:5000'};

test.each([
  ['base-image', {}, 'base-image'],
  ['base-image:v1', registry, 'base-image'],
  ['openpai/base-image', registry, 'base-image'],
  ['openpai/base-image:v1', {}, 'base-image'],
  ['other/base-image', registry, undefined],
  ['registry.local:5000/openpai/base-image:v1', registry, 'base-image'],
  ['registry.local:5000/openpai/base-image:v1', {}, undefined],
  ['registry.local:5000/other/base-image', registry, undefined],
  ['elsewhere.org/openpai/base-image', registry, undefined],
  ['localhost/openpai/base-image', registry, undefined],
  ['docker.io/openpai/base-image', {namespace: 'openpai', domain: 'public'}, 'base-image'],
  ['docker.io/base-image', {namespace: '', domain: 'docker.io'}, 'base-image'],
  ['base-image@sha256:0123', {}, undefined],
  ['ubuntu:22.04', {}, undefined],
  ['library/node', registry, undefined],
  ['{…}/base-image', registry, 'base-image'],
])('%j with %j means %j of ours', (reference, names, expected) => {
  expect(ownImage(reference, 'rest-server', ours, names)).toBe(expected);
});

test.each([
  ['grafana/grafana:5.4', undefined],
  ['grafana/grafana', undefined],
  ['grafana:5.4', undefined],
  ['grafana', 'grafana'],
  ['grafana:latest', 'grafana'],
])('in the image grafana, %j means %j of ours', (reference, expected) => {
  expect(ownImage(reference, 'grafana', ours, {})).toBe(expected);
});
