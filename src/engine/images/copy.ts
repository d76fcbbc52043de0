import {readFile} from 'node:fs/promises';
import {join, posix, relative} from 'node:path';
import type {Catalog, Component} from '../catalog/types.ts';
import {fittingJson, list, named, type Of, record, text} from '../json.ts';
import {safeName} from '../safe-name.ts';

/** The copy of the tree in a run's folder: where hooks run and dependencies are put. */
export interface TreeCopy {
  /** What is copied: the tool root, or all of the tree where copy lists name folders beside the tool root. */
  readonly from: string;
  readonly root: string;
  readonly toolRoot: string;
  /** There once the copy is whole. */
  readonly whole: string;
  /** There while a component is worked on, and after it failed. */
  started(component: string): string;
  /** There once a component is done; says what its hooks wrote and which images it has. */
  done(component: string): string;
}

/** Everything of the copy lies below this folder of the run, which removes it at its end. */
export const copyEffect = '$RUN/tree/**';
/** Where the copied tool root is, as effects name it. */
export function copiedToolRoot(catalog: Catalog): string {
  return treeCopy('$RUN', catalog).toolRoot;
}

export function treeCopy(runFolder: string, catalog: Catalog): TreeCopy {
  const folder = join(runFolder, 'tree');
  const from = namesBesideToolRoot(catalog) ? catalog.root : catalog.toolRoot;
  const root = join(folder, 'root');
  return {
    from,
    root,
    toolRoot: join(root, relative(from, catalog.toolRoot)),
    whole: join(folder, 'whole'),
    started: (component) => join(folder, 'started', safeName(component)),
    done: (component) => join(folder, 'done', `${safeName(component)}.json`),
  };
}

const doneComponent = record({
  /** Paths in the component's folder that hooks wrote, its own and those of what was copied into it. */
  hookWrote: list(text),
  /** Ids of its images by name. */
  images: named(text),
});

/** What is written down of a component that is done in the copy. */
export type DoneComponent = Of<typeof doneComponent>;

/** Undefined when the component is not done in this copy. */
export async function readDone(copy: TreeCopy, component: Component): Promise<DoneComponent | undefined> {
  try {
    return fittingJson(doneComponent, await readFile(copy.done(component.name), 'utf8'));
  } catch {
    return undefined;
  }
}

function namesBesideToolRoot(catalog: Catalog): boolean {
  return catalog.images.some((image) => image.copyList.some(({from}) => posix.normalize(from).startsWith('..')));
}
