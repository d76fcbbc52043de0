/** What templates see of the registry beyond its settings (behaviour 3.4), without a login anywhere. */

export interface RegistryWords {
  readonly domain: string;
  readonly namespace: string;
  readonly username?: string;
  readonly password?: string;
}

/** `domain/namespace/`, without the domain where it stands for Docker Hub: `public` before v1.0, `docker.io` since. */
export function imagePrefix({domain, namespace}: RegistryWords, hub: 'public' | 'docker.io'): string {
  return domain === hub ? `${namespace}/` : `${domain}/${namespace}/`;
}

/**
 * The docker configuration that pulls from the registry, and the same in base64. The original tools took the whole
 * file of whoever ran them, after a login; this one holds the credentials of the configuration and nothing else.
 */
export function dockerCredential(words: RegistryWords): {readonly credential: string; readonly base64code: string} {
  const {username, password, domain} = words;
  const credential =
    username && password
      ? JSON.stringify({auths: {[serverOf(domain)]: {auth: base64(`${username}:${password}`)}}}, null, '\t')
      : '{}';
  return {credential, base64code: base64(credential)};
}

/** What docker calls Docker Hub in its file. */
function serverOf(domain: string): string {
  const isHub = domain === 'public' || domain === '' || domain === 'docker.io';
  return isHub ? 'https://index.docker.io/v1/' : domain;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
