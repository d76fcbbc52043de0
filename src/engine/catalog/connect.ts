/** From what one layout declares to components and images that know what they stand on. */

import {orderGroups} from '../graph.ts';
import {displayText, nearestNames} from '../names.ts';
import {type Dockerfile, parseDockerfile} from './dockerfile.ts';
import type {ComponentDraft, ImageDraft, Written} from './draft.ts';
import {type OwnImages, ownImage, type RegistryNames} from './references.ts';
import {templateBases} from './template-bases.ts';
import {note, readText, shownPath, type Tree} from './tree.ts';
import type {Component, Image, Layout} from './types.ts';

export interface Connected {
  readonly components: readonly Component[];
  readonly images: readonly Image[];
}

/** Reads every Dockerfile and joins names to edges; mistakes are noted in the tree, all of them. */
export async function connect(
  tree: Tree,
  drafts: readonly ComponentDraft[],
  layout: Layout,
  registry: RegistryNames,
): Promise<Connected> {
  const imageDrafts = uniqueImages(tree, drafts);
  const owners = new Map([...imageDrafts].map(([name, {component}]) => [name, component.name]));
  const componentEdges = new Edges(drafts.map(({name}) => name));
  const imageEdges = new Edges(imageDrafts.keys());

  const images: Image[] = [];
  const called = new Map<string, Set<string>>();
  for (const [name, {image, component}] of imageDrafts) {
    const standing = await standsOn(tree, image, {has: (other) => owners.has(other)}, registry);
    for (const {name: own, reference} of standing.own) called.set(own, (called.get(own) ?? new Set()).add(reference));
    for (const need of [...standing.own, ...declaredNeeds(tree, image.needs, owners, 'image')]) {
      imageEdges.add(name, need);
      const owner = owners.get(need.name) ?? need.name;
      if (owner !== component.name) componentEdges.add(component.name, {...need, name: owner});
    }
    images.push({
      name,
      component: component.name,
      layout,
      dockerfile: image.dockerfile,
      context: image.context,
      needs: imageEdges.needsOf(name),
      foreignBases: standing.foreign,
      localName: layout === 'central-list' ? centralName(registry.namespace, name) : name,
      copyList: image.copyList,
      templates: image.templates,
      ...(standing.needsBuildkit ? {needsBuildkit: standing.needsBuildkit} : {}),
    });
  }
  const known = new Map(drafts.map(({name}) => [name, name]));
  for (const draft of drafts) {
    for (const need of declaredNeeds(tree, draft.needs, known, 'component')) componentEdges.add(draft.name, need);
  }
  noteRings(tree, componentEdges);
  for (const draft of drafts) {
    noteRings(
      tree,
      imageEdges.among(draft.images.map(({name}) => name).filter((name) => owners.get(name) === draft.name)),
    );
  }

  return {
    components: drafts.map((draft) => {
      const needs = componentEdges.needsOf(draft.name);
      return {
        name: draft.name,
        folder: draft.folder,
        images: buildOrder(draft, owners, imageEdges),
        needs,
        copies:
          layout === 'component' || layout === 'component-typed' ? needs.filter((name) => name !== draft.name) : [],
        ...(draft.preHook ? {preHook: draft.preHook} : {}),
        ...(draft.postHook ? {postHook: draft.postHook} : {}),
      };
    }),
    images: images
      .map((image) => withOtherNames(image, called.get(image.name)))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** A reference that holds a template's mark is no name yet. */
function withOtherNames(image: Image, references: ReadonlySet<string> = new Set()): Image {
  const names = [...references].map((reference) => reference.replace(/:latest$/, ''));
  const others = new Set(names.filter((name) => name !== image.localName && !name.includes('{')));
  return others.size === 0 ? image : {...image, alsoCalled: [...others].sort()};
}

/** Local tags of A–C hold the namespace (4.5). */
function centralName(namespace: string | undefined, image: string): string {
  return namespace === '' ? image : `${namespace ?? '<namespace>'}/${image}`;
}

/** Who needs whom, and where that is written (the first place counts). */
class Edges {
  readonly #written = new Map<string, Map<string, Written>>();

  constructor(names: Iterable<string>) {
    for (const name of names) this.#written.set(name, new Map());
  }

  add(from: string, to: Written): void {
    const edges = this.#written.get(from);
    if (edges && !edges.has(to.name)) edges.set(to.name, to);
  }

  /** Sorted; with itself, where it is the smallest of rings. */
  needsOf(name: string): string[] {
    return [...(this.#written.get(name)?.keys() ?? [])].sort();
  }

  written(from: string, to: string): Written | undefined {
    return this.#written.get(from)?.get(to);
  }

  asNeeds(): Map<string, string[]> {
    return new Map([...this.#written].map(([name, edges]) => [name, [...edges.keys()]]));
  }

  among(names: readonly string[]): Edges {
    const part = new Edges(names);
    for (const name of names) {
      for (const edge of this.#written.get(name)?.values() ?? []) if (names.includes(edge.name)) part.add(name, edge);
    }
    return part;
  }
}

function uniqueImages(
  tree: Tree,
  drafts: readonly ComponentDraft[],
): Map<string, {image: ImageDraft; component: ComponentDraft}> {
  const found = new Map<string, {image: ImageDraft; component: ComponentDraft}>();
  for (const component of drafts) {
    for (const image of component.images) {
      const first = found.get(image.name);
      if (!first) {
        found.set(image.name, {image, component});
        continue;
      }
      const file = image.source?.path ?? `${tree.toolRoot}/${image.dockerfile}`;
      note(tree, {
        code: 'duplicate-image',
        message: `The image ${image.name} is declared twice: by ${first.image.dockerfile} and by ${image.dockerfile}.`,
        hint: 'Rename one of the two; until then only the first counts.',
        file,
        line: 1,
      });
    }
  }
  return found;
}

async function standsOn(
  tree: Tree,
  image: ImageDraft,
  ours: OwnImages,
  registry: RegistryNames,
): Promise<{
  own: (Written & {reference: string})[];
  foreign: string[];
  needsBuildkit?: {line: number; because: string};
}> {
  const own: (Written & {reference: string})[] = [];
  const foreign = new Set<string>();
  const {source} = image;
  const text = source ? await readText(tree, source.path) : undefined;
  if (!source || text === undefined) return {own, foreign: []};

  const parsed: Pick<Dockerfile, 'references' | 'needsBuildkit' | 'errors'> = source.isTemplate
    ? {references: templateBases(text), errors: []}
    : parseDockerfile(text);
  for (const {line, message} of parsed.errors) {
    note(tree, {
      code: 'dockerfile-invalid',
      message: `${shownPath(tree, source.path)} line ${line}: ${message}.`,
      hint: 'Docker would refuse this file; mend the line.',
      file: source.path,
      line,
    });
  }
  for (const {reference, line} of parsed.references) {
    const name = ownImage(reference, image.name, ours, registry);
    if (name !== undefined) own.push({name, reference, file: source.path, line});
    // A base that holds a template's mark is not known before it is rendered.
    else if (!reference.includes('{')) foreign.add(reference);
  }
  const {needsBuildkit} = parsed;
  return {own, foreign: [...foreign].sort(), ...(needsBuildkit ? {needsBuildkit} : {})};
}

/** The needs that exist; the others are noted with the nearest names. */
function declaredNeeds(
  tree: Tree,
  needs: readonly Written[],
  known: ReadonlyMap<string, unknown>,
  what: 'image' | 'component',
): Written[] {
  return needs.filter(({name, file, line}) => {
    if (known.has(name)) return true;
    const nearest = nearestNames(name, known.keys());
    note(tree, {
      code: 'unknown-dependency',
      message: `${shownPath(tree, file)} needs ${displayText(name)}, but the tree has no ${what} of that name.`,
      hint: nearest.length > 0 ? `Did you mean ${nearest.join(' or ')}?` : 'Remove the line, or add what it names.',
      file,
      ...(line === undefined ? {} : {line}),
    });
    return false;
  });
}

function noteRings(tree: Tree, edges: Edges): void {
  for (const ring of orderGroups(edges.asNeeds()).cycles) {
    const steps = ring.map((name, index) => ({name, next: ring[(index + 1) % ring.length] ?? name}));
    const places = steps.map(({name, next}) => ({name, next, at: edges.written(name, next)}));
    const first = places[0]?.at;
    note(tree, {
      code: 'dependency-cycle',
      message: `These need each other in a ring, so none can be built first: ${[...ring, ring[0]].join(' → ')}.`,
      hint: 'Remove one of these needs.',
      detail: places
        .map(({name, next, at}) => `${name} needs ${next}: ${at ? `${shownPath(tree, at.file)}:${at.line ?? 1}` : ''}`)
        .join('\n'),
      ...(first ? {file: first.file, line: first.line ?? 1} : {}),
    });
  }
}

/** Within a component an image comes after those of its images it stands on; those on a ring come last. */
function buildOrder(draft: ComponentDraft, owners: ReadonlyMap<string, string>, edges: Edges): string[] {
  const names = [...new Set(draft.images.map(({name}) => name))].filter((name) => owners.get(name) === draft.name);
  const ordered = orderGroups(edges.among(names).asNeeds()).groups.flat();
  return [...ordered, ...names.filter((name) => !ordered.includes(name)).sort()];
}
