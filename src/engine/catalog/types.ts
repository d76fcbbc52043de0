/** What a source tree holds, the same for every era. Paths are absolute unless said otherwise. */

import type {Problem} from '../problem.ts';

/** Eras of OpenPAI trees; C and D live below a tool folder, the others at the root or beside it. */
export type Era = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H';

/** How images are declared: the adapter that read them. */
export type Layout =
  | 'central-list' // A–C: service.yaml with imagelist
  | 'image-yaml' // D: src/<image>/image.yaml
  | 'component' // E–G: src/<component>/build/*.dockerfile
  | 'component-typed'; // H: *.common.dockerfile, *.k8s.dockerfile

export interface Catalog {
  /** The folder that was opened, symbolic links resolved. */
  readonly root: string;
  /** The folder the era's tools run in: the root, pai-management/, service-deployment/. */
  readonly toolRoot: string;
  readonly era: Era;
  readonly layout: Layout;
  /** version/PAI.VERSION, where there is one. */
  readonly version?: string;
  readonly components: readonly Component[];
  /** Sorted by name. */
  readonly images: readonly Image[];
  /** Everything found at once, errors and warnings; sorted by file and line. */
  readonly problems: readonly Problem[];
}

/** What is built as one step: hooks, copied dependencies, then its images. In A–D each image is its own component. */
export interface Component {
  readonly name: string;
  /** Relative to toolRoot, e.g. src/rest-server. */
  readonly folder: string;
  /** Names of its images, in the order they build. */
  readonly images: readonly string[];
  /** Names of components that are built before it, sorted; itself where it names itself, which is a ring. */
  readonly needs: readonly string[];
  /** Components whose folder is copied to dependency/<name> before the build (E–H: all direct needs). */
  readonly copies: readonly string[];
  /** build-pre.sh and build-post.sh, relative to toolRoot. */
  readonly preHook?: string;
  readonly postHook?: string;
}

export interface Image {
  readonly name: string;
  readonly component: string;
  readonly layout: Layout;
  /** Relative to toolRoot. */
  readonly dockerfile: string;
  /** Build context folder, relative to toolRoot. */
  readonly context: string;
  /** Images of this tree it stands on (FROM, prerequisite), sorted. */
  readonly needs: readonly string[];
  /** Bases that are not of this tree, as written after ARG defaults were put in; sorted, without scratch. */
  readonly foreignBases: readonly string[];
  /** Local tag: NS/IMG in A–C (NS from the configuration, '<namespace>' in the name until then), IMG later. */
  readonly localName: string;
  /**
   * Other references that Dockerfiles of this tree use for it (with a registry, a namespace or a tag), sorted; absent
   * when there are none. A build gives it these names too: Docker would else look for them in a registry.
   */
  readonly alsoCalled?: readonly string[];
  /** Extra folders that are copied into the context for the build (copy, copy-list), relative to toolRoot. */
  readonly copyList: readonly {readonly from: string; readonly to: string}[];
  /** Templates that must be rendered first (A–D); such an image is listed and ordered, not yet built. */
  readonly templates: readonly string[];
  /** Whether the Dockerfile needs BuildKit (RUN --mount, heredocs, # syntax=), and which line says so. */
  readonly needsBuildkit?: {readonly line: number; readonly because: string};
}
