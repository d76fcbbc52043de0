/**
 * Which image of the tree a Dockerfile means, if any.
 *
 * - `base-image`, `base-image:v1`: ours when the tree has an image of that name, whatever the tag: the local name of
 *   an image of ours has neither registry nor namespace.
 * - `openpai/base-image:v1`: the same when the namespace is that of the configuration; without a configuration any
 *   namespace counts, since all we have is the name. So `grafana/grafana` in another image means our grafana, if
 *   there is one.
 * - `registry.local:5000/openpai/base-image:v1`: only when registry and namespace are those of the configuration.
 * - `…@sha256:…` is never ours: it is pinned to one content.
 * - An image that names itself with a namespace or a tag other than latest (`FROM grafana/grafana:5.4` in grafana)
 *   wraps the foreign image of that name. Plain `FROM grafana` in grafana is a ring, as for Docker.
 */

export interface RegistryNames {
  /** NS of `DOMAIN/NS/IMG:TAG`. */
  readonly namespace?: string;
  /** `public` and `docker.io` stand for Docker Hub. */
  readonly domain?: string;
}

/** The names of all images of the tree. */
export interface OwnImages {
  has(name: string): boolean;
}

/** The name of our image that `reference` means in the Dockerfile of `image`; undefined when it is foreign. */
export function ownImage(
  reference: string,
  image: string,
  ours: OwnImages,
  registry: RegistryNames,
): string | undefined {
  if (reference.includes('@')) return undefined;
  // In a template the namespace may still be a mark; then the name alone tells.
  if (reference.startsWith('{'))
    return ownImage(reference.slice(reference.lastIndexOf('/') + 1), image, ours, registry);
  const {host, path, tag} = splitReference(reference);
  const name = path.at(-1) ?? '';
  if (!ours.has(name)) return undefined;
  const isPlain = host === undefined && path.length === 1;
  if (name === image && !(isPlain && (tag === undefined || tag === 'latest'))) return undefined;
  if (isPlain) return name;

  const namespace = path.slice(0, -1).join('/');
  const isOurNamespace = registry.namespace === undefined ? host === undefined : namespace === registry.namespace;
  return isOurNamespace && isOurRegistry(host, registry.domain) ? name : undefined;
}

function splitReference(reference: string): {host?: string; path: string[]; tag?: string} {
  const parts = reference.split('/');
  const [last = '', tag] = (parts.pop() ?? '').split(':');
  const first = parts[0];
  const hasHost = first !== undefined && (/[.:]/.test(first) || first === 'localhost');
  const path = [...(hasHost ? parts.slice(1) : parts), last];
  return {path, ...(hasHost ? {host: first} : {}), ...(tag === undefined ? {} : {tag})};
}

/** A reference without a host is Docker Hub's to Docker, but trees write it for their own images of any registry. */
function isOurRegistry(host: string | undefined, domain: string | undefined): boolean {
  return host === undefined || (domain !== undefined && sameRegistry(host) === sameRegistry(domain));
}

function sameRegistry(host: string): string {
  const isHub = host === '' || host === 'public' || host === 'docker.io' || host === 'index.docker.io';
  return isHub ? 'docker.io' : host.toLowerCase();
}
