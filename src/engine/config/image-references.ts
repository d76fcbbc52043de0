/** What an image is called on the engine and in the registry. */

import type {Layout} from '../catalog/types.ts';
import type {RegistrySettings} from './registry.ts';

/**
 * Local tags of A–C hold the namespace (`<namespace>` until a configuration names it), later ones are the image's
 * name alone. Pushed it is DOMAIN/NS/IMG:TAG; the domain `public` (or none) stands for Docker Hub and is left out, an
 * explicit docker.io is written, an empty namespace is left out (behaviour 4.5).
 */
export function imageReferences(
  layout: Layout,
  settings: Pick<RegistrySettings, 'domain' | 'namespace' | 'tag'> | undefined,
  image: string,
): {local: string; pushed?: string} {
  const inNamespace = [settings?.namespace ?? '<namespace>', image].filter((part) => part !== '').join('/');
  const local = layout === 'central-list' ? inNamespace : image;
  if (!settings) return {local};
  const domain = settings.domain === 'public' ? '' : settings.domain;
  return {local, pushed: `${domain === '' ? '' : `${domain}/`}${inNamespace}:${settings.tag}`};
}
