import {type DockerConfig, objectOf} from './docker-config.ts';

const names = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  ftpProxy: 'FTP_PROXY',
  allProxy: 'ALL_PROXY',
  noProxy: 'NO_PROXY',
} as const;

/**
 * The build arguments the docker command adds by itself: the proxies of config.json, in capital and small letters.
 * The engine knows these arguments, and they change neither the image nor its cache. One that is given beats both
 * spellings, for BuildKit takes them for the same.
 */
export function proxyArguments(
  config: DockerConfig,
  address: string,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const taken = new Set(Object.keys(given).map((name) => name.toUpperCase()));
  const proxies = objectOf(config.proxies[address] ?? config.proxies['default']);
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => {
      const value = proxies[key];
      if (typeof value !== 'string' || value === '' || taken.has(name)) return [];
      return [
        [name, value],
        [name.toLowerCase(), value],
      ];
    }),
  );
}
