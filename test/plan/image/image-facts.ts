import type {ImageBuildRequest} from '../../../src/engine/api.ts';
import {selectImages} from '../../../src/engine/catalog/select.ts';
import type {Catalog, Component, Image} from '../../../src/engine/catalog/types.ts';
import type {ImageBuildFacts} from '../../../src/engine/images/facts.ts';
import type {ImageJudgement} from '../../../src/engine/images/judge.ts';

/** A component of era E with one image of its own name, unless told otherwise. */
export function component(name: string, more: Partial<Component> = {}): Component {
  return {
    name,
    folder: `src/${name}`,
    images: [name],
    needs: [],
    copies: more.needs ?? [],
    ...more,
  };
}

export function image(name: string, more: Partial<Image> = {}): Image {
  return {
    name,
    component: name,
    layout: 'component',
    dockerfile: `src/${name}/build/${name}.dockerfile`,
    context: `src/${name}`,
    needs: [],
    foreignBases: [],
    localName: name,
    copyList: [],
    templates: [],
    ...more,
  };
}

export function catalog(
  components: readonly Component[],
  images: readonly Image[],
  more: Partial<Catalog> = {},
): Catalog {
  return {root: '/tree', toolRoot: '/tree', era: 'E', layout: 'component', components, images, problems: [], ...more};
}

export function request(more: Partial<ImageBuildRequest> = {}): ImageBuildRequest {
  return {
    operation: 'image build',
    source: '/tree',
    names: [],
    force: false,
    noCache: false,
    builder: 'auto',
    ...more,
  };
}

/** Facts in which every image is as `states` says, current otherwise. */
export function facts(
  tree: Catalog,
  states: Record<string, Pick<ImageJudgement, 'state' | 'reasons'>> = {},
  more: Partial<ImageBuildFacts> = {},
): ImageBuildFacts {
  const selection = more.selection ?? selectImages(tree, []);
  return {
    catalog: tree,
    selection,
    engine: {
      endpoint: 'unix:///docker.sock',
      version: '20.10',
      apiVersion: '1.41',
      name: 'e',
      id: 'ENGINE',
      platform: 'linux/amd64',
      cpus: 2,
      buildkit: true,
    },
    images: selection.images.map((name) => ({
      name,
      builder: 'classic',
      ...(states[name] ?? {state: 'current', reasons: []}),
    })),
    asked: [],
    unanswered: [],
    moved: [],
    unreadable: [],
    notices: [],
    ...more,
  };
}
