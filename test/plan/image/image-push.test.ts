import {describe, expect, it} from 'vitest';
import {type ImagePushFacts, planImagePush} from '../../../src/engine/plan/image/image-push.ts';
import {openForPush} from '../../../src/engine/plan/image/image-request.ts';
import {ProblemError} from '../../../src/engine/problem.ts';
import {fixture} from '../../catalog/trees.ts';
import {catalog, facts} from './image-facts.ts';

const asked = {operation: 'image push', source: '/tree', names: []} as const;
const pushFacts = (...images: ImagePushFacts['images']): ImagePushFacts => ({
  engine: facts(catalog([], [])).engine,
  images,
  notices: [],
});
const built = {name: 'a', localName: 'a', reference: 'reg:5000/ns/a:v1', id: 'sha256:i'};

describe('a plan to push', () => {
  it.each([
    ['never pushed from here', built, 'change', ['this image was not pushed as reg:5000/ns/a:v1 yet']],
    [
      'the registry has another one',
      {...built, digest: 'sha256:1', registryDigest: 'sha256:2'},
      'change',
      ['the registry has another image as reg:5000/ns/a:v1'],
    ],
    [
      'the registry did not answer, or lost it',
      {...built, digest: 'sha256:1'},
      'change',
      ['the registry is not known to have reg:5000/ns/a:v1'],
    ],
    ['the registry has this very image', {...built, digest: 'sha256:1', registryDigest: 'sha256:1'}, 'unchanged', []],
  ])('%s', (_what, image, expected, why) => {
    const plan = planImagePush(asked, pushFacts(image));
    expect(plan.tasks).toMatchObject([{id: 'push/a', expected, why, resource: 'upload', needs: []}]);
    expect(plan.tasks[0]?.does).toEqual([
      {kind: 'docker', call: 'tag', image: 'reg:5000/ns/a:v1'},
      {kind: 'docker', call: 'push', image: 'reg:5000/ns/a:v1'},
      {kind: 'file', path: '$STATE/images/**'},
    ]);
  });

  // behaviour 4.5
  it.each([
    ['a', 'openpai/base-image', 'registry.example.com:5000/openpai/base-image:v0.2'],
    ['b', 'openpai/base-image', 'registry.example.com:5000/openpai/base-image:v0.4.0'],
    ['c', 'openpai/base-image', 'openpai/base-image:v0.5.0'],
    ['d', 'base-image', 'registry.example.com:5000/openpai/base-image:v0.7.2'],
    ['e', 'base-image', 'docker.io/openpai/base-image:v0.8.3'],
    ['f', 'base-image', 'registry.example.com:5000/openpai/base-image:v0.9.1'],
    ['g', 'base-image', 'registry.example.com:5000/openpai/base-image:v0.14.0'],
    ['h', 'base-image', 'docker.io/openpai/base-image:v1.8.0'],
  ])('names images as era %s does: %s is pushed as %s', async (era, local, pushed) => {
    const request = {source: fixture(`tree-${era}`), config: fixture(`config-${era}`), names: ['base-image']};
    const {catalog: tree, targets} = await openForPush({operation: 'image push', ...request});
    expect(targets).toEqual([{image: 'base-image', reference: pushed}]);
    expect(tree.images.find(({name}) => name === 'base-image')?.localName).toBe(local);
  });

  it('is refused before anything is pushed when an image is not built, with the command that builds it', () => {
    const {id: _id, ...missing} = {...built, name: 'b'};
    expect(() => planImagePush(asked, pushFacts(built, missing))).toThrow(ProblemError);
    try {
      planImagePush(asked, pushFacts(built, missing));
    } catch (error) {
      expect((error as ProblemError).problem).toMatchObject({
        code: 'image-not-built',
        hint: 'Build first: pai-tui image build b',
      });
    }
  });
});
