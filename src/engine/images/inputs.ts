import {join, posix, relative} from 'node:path';
import type {Catalog, Component, Image} from '../catalog/types.ts';
import type {BuildRequest, EngineImage, Files} from '../tools.ts';
import {type GivenFile, givenManifest, isReplaced} from './hadoop-binary.ts';
import {contextManifest, type Manifest, movedBelow, treeManifest} from './manifest.ts';
import type {BaseIdentity} from './record.ts';

/** A tree whose files are looked at: the source as it lies there, or the copy of a run. */
export interface Site {
  readonly catalog: Catalog;
  /** What names in the tree must not leave: the source tree, or what of it was copied. */
  readonly root: string;
  /** Where the tool root is: of the source, or of the copy. */
  readonly toolRoot: string;
  /** In the copy what is copied into a component lies in it; in the source it is read where it comes from. */
  readonly kind: 'source' | 'copy';
  readonly files: Files;
  /** Keeps what was read of copied components, which several images share. */
  readonly read: Map<string, Promise<Manifest>>;
  /** Files from outside of the tree that belong to images. */
  readonly given?: readonly GivenFile[];
  /** Files that hold a secret, relative to the tool root: no hash of theirs is made. */
  readonly unhashed?: ReadonlySet<string>;
}

/**
 * All files an image is made of, by path in its context: the context after .dockerignore, what is copied into it, and
 * copied components whole (their own .dockerignore does not hold there).
 */
export async function filesOf(
  site: Site,
  image: Image,
  builder: BuildRequest['builder'],
  signal: AbortSignal,
): Promise<Manifest> {
  const component = componentOf(site.catalog, image.component);
  const folder = join(site.toolRoot, image.context);
  const dockerfile = posix.relative(image.context, image.dockerfile);
  // Where it is a link it is sent as what it leads to, and a hook may have made it one.
  await site.files.resolveInside(site.root, join(relative(site.root, site.toolRoot), image.dockerfile));
  const context = withExecutableHooks(
    await contextManifest(site.files, folder, {dockerfile, builder, unhashed: unhashedIn(site, image)}, signal),
    component,
  );
  const copied = await copiedInto(site, component, signal);
  const {given = []} = site;
  const extra = {...(await copyList(site, image, signal)), ...(await givenManifest(given, image, site, signal))};
  const own = Object.entries(context).filter(
    ([path, state]) =>
      !component.copies.some((name) => path === `dependency/${name}` || path.startsWith(`dependency/${name}/`)) &&
      !isReplaced(given, image, path) &&
      !(state.startsWith('folder ') && holdsOneOf(path, Object.keys(extra), component.copies)),
  );
  return Object.fromEntries([...own, ...Object.entries(copied), ...Object.entries(extra)]);
}

/** Files of an image's context that hold a secret, by path in the context. */
export function unhashedIn({unhashed = new Set()}: Site, {context}: Image): ReadonlySet<string> {
  return new Set([...unhashed].map((path) => posix.relative(context, path)).filter((path) => !path.startsWith('..')));
}

/** The path of a file in the tree for its path in an image's context. */
export function shownPath(catalog: Catalog, image: Image, path: string): string {
  for (const {from, to} of image.copyList) {
    const target = posix.relative(image.context, to);
    if (path === target || path.startsWith(`${target}/`)) return posix.join(from, path.slice(target.length));
  }
  return originOf(catalog, componentOf(catalog, image.component), path);
}

/** What an image stands on, as the engine has it; what it does not have, as its registry has it (`latest`). */
export function basesOf(
  image: Image,
  engineImages: ReadonlyMap<string, EngineImage | undefined>,
  catalog: Catalog,
  latest: ReadonlyMap<string, string>,
): Record<string, BaseIdentity> {
  const bases: Record<string, BaseIdentity> = {};
  for (const name of image.needs) {
    const id = engineImages.get(imageOf(catalog, name).localName)?.id;
    bases[name] = {ours: true, ...(id === undefined ? {} : {id})};
  }
  for (const name of image.foreignBases) {
    const found = engineImages.get(name);
    const digest = found ? digestsOf(found, name)[0] : latest.get(name);
    bases[name] = {ours: false, ...(found ? {id: found.id} : {}), ...(digest === undefined ? {} : {digest})};
  }
  return bases;
}

/**
 * sha256:… by which the registry of this reference may know an image of the engine; none when it did not come from
 * there. There are several when an engine that compresses otherwise, a newer one, has pushed the image again.
 */
export function digestsOf(image: EngineImage | undefined, reference: string): readonly string[] {
  const repository = repositoryOf(reference);
  return (image?.repoDigests ?? [])
    .filter((digest) => repositoryOf(digest.slice(0, digest.indexOf('@'))) === repository)
    .map((digest) => digest.replace(/^.*@/, ''));
}

export function componentOf(catalog: Catalog, name: string): Component {
  const found = catalog.components.find((component) => component.name === name);
  if (!found) throw new Error(`The catalog has no component ${name}.`);
  return found;
}

export function imageOf(catalog: Catalog, name: string): Image {
  const found = catalog.images.find((image) => image.name === name);
  if (!found) throw new Error(`The catalog has no image ${name}.`);
  return found;
}

async function copiedInto(site: Site, component: Component, signal: AbortSignal): Promise<Manifest> {
  const parts = await Promise.all(
    component.copies.map(async (name) => {
      const below =
        site.kind === 'copy'
          ? treeManifest(site.files, join(site.toolRoot, component.folder, 'dependency', name), signal)
          : wholeComponent(site, componentOf(site.catalog, name), [component.name], signal);
      return movedBelow(`dependency/${name}`, withoutDependencyFolders(await below));
    }),
  );
  return Object.assign({}, ...parts);
}

/** A component of the source as its folder will be in the copy: with what is copied into it, and so on down. */
function wholeComponent(
  site: Site,
  component: Component,
  above: readonly string[],
  signal: AbortSignal,
): Promise<Manifest> {
  const known = site.read.get(component.name);
  if (known !== undefined) return known;
  const reading = (async () => {
    const folder = join(site.toolRoot, component.folder);
    const own = withExecutableHooks(await treeManifest(site.files, folder, signal), component);
    const kept = Object.entries(own).filter(
      ([path]) =>
        !component.copies.some((name) => path === `dependency/${name}` || path.startsWith(`dependency/${name}/`)),
    );
    const path = [...above, component.name];
    const copied = await Promise.all(
      component.copies
        // A ring is a Problem of the catalog; here it must only end.
        .filter((name) => !path.includes(name))
        .map(async (name) =>
          movedBelow(`dependency/${name}`, await wholeComponent(site, componentOf(site.catalog, name), path, signal)),
        ),
    );
    return Object.assign(Object.fromEntries(kept), ...copied) as Manifest;
  })();
  site.read.set(component.name, reading);
  return reading;
}

/** Hooks are made executable in the copy; that alone is no difference to the source. */
function withExecutableHooks(manifest: Manifest, {folder, preHook, postHook}: Component): Manifest {
  const changed = {...manifest};
  for (const hook of [preHook, postHook]) {
    const path = posix.relative(folder, hook ?? folder);
    const [kind, mode = '', hash] = manifest[path]?.split(' ') ?? [];
    if (kind === 'file') changed[path] = `file ${(Number.parseInt(mode, 8) | 0o100).toString(8)} ${hash}`;
  }
  return changed;
}

/** The folders that only hold copies are there in a copy and not in the source: they say nothing. */
function withoutDependencyFolders(manifest: Manifest): Manifest {
  return Object.fromEntries(
    Object.entries(manifest).filter(
      ([path, state]) =>
        !(state.startsWith('folder ') && /^(?:dependency\/[^/]+\/)*dependency(?:\/[^/]+)?$/.test(path)),
    ),
  );
}

function holdsOneOf(folder: string, extra: readonly string[], copies: readonly string[]): boolean {
  return (
    (folder === 'dependency' && copies.length > 0) ||
    extra.some((path) => path === folder || path.startsWith(`${folder}/`))
  );
}

async function copyList(site: Site, image: Image, signal: AbortSignal): Promise<Manifest> {
  const parts = await Promise.all(
    image.copyList.map(async ({from, to}) => {
      const target = posix.relative(image.context, to);
      // Copied beside the context: no part of the image.
      if (target.startsWith('..')) return {};
      const source = await site.files.resolveInside(site.root, join(relative(site.root, site.toolRoot), from));
      return movedBelow(target, await treeManifest(site.files, source, signal));
    }),
  );
  return Object.assign({}, ...parts);
}

function originOf(catalog: Catalog, component: Component, path: string): string {
  const [first, name, ...rest] = path.split('/');
  const copied = first === 'dependency' && name !== undefined && component.copies.includes(name);
  if (copied && rest.length > 0) return originOf(catalog, componentOf(catalog, name), rest.join('/'));
  return posix.join(component.folder, path);
}

/** Without tag or digest, and with Docker Hub's own host and library left out. */
function repositoryOf(reference: string): string {
  const withoutDigest = reference.replace(/@.*$/, '');
  const colon = withoutDigest.lastIndexOf(':');
  const repository = colon > withoutDigest.lastIndexOf('/') ? withoutDigest.slice(0, colon) : withoutDigest;
  return repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
}
