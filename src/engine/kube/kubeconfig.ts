import {createPrivateKey, X509Certificate} from 'node:crypto';
import {parse} from 'yaml';
import {ProblemError} from '../problem.ts';
import type {Secret} from '../secret.ts';
import {isMap, listOf, textOf} from './json.ts';

/** What a request to an API server needs. Holds keys: kept in memory, shown nowhere. */
export interface Access {
  /** Without a slash at its end. */
  readonly server: string;
  /** Authorities its certificate may be signed by, as PEM; absent: those of this computer. */
  readonly ca?: string;
  /** The name its certificate is checked against; absent: that of the address. */
  readonly serverName?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

/**
 * The server and the keys of the current context of a kubeconfig. The text may come from another machine, so no file it
 * names is read and no program it names is run. Throws `kubeconfig-invalid`, which never shows any of the text.
 */
export function readKubeconfig(kubeconfig: Secret): Access {
  const config = parsed(kubeconfig.reveal());
  const context = namedPart(config, 'contexts', 'context', textOf(config['current-context']), 'current-context');
  const cluster = namedPart(config, 'clusters', 'cluster', textOf(context['cluster']), 'cluster');
  const user = namedPart(config, 'users', 'user', textOf(context['user']), 'user');
  for (const key of refusedOfCluster) if (key in cluster) throw invalid(refusals[key]);
  for (const key of refusedOfUser) if (key in user) throw invalid(refusals[key]);
  const ca = pem(cluster, 'certificate-authority-data');
  const cert = pem(user, 'client-certificate-data');
  const key = pem(user, 'client-key-data');
  if ((cert === undefined) !== (key === undefined)) {
    throw invalid('it holds a client certificate without its key, or a key without its certificate');
  }
  checkMaterial({ca, cert, key});
  const serverName = textOf(cluster['tls-server-name']);
  const token = textOf(user['token']);
  return {
    server: serverAddress(textOf(cluster['server'])),
    ...(ca ? {ca} : {}),
    ...(serverName ? {serverName} : {}),
    ...(cert && key ? {cert, key} : {}),
    ...(token ? {token} : {}),
  };
}

/** Throws `kubeconfig-invalid` for anything but http(s)://HOST[:PORT][/PATH]. */
export function serverAddress(server: string | undefined): string {
  const url = server === undefined ? null : URL.parse(server);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw invalid('the address of its API server is none');
  }
  return url.href.replace(/\/+$/, '');
}

const refusals = {
  'insecure-skip-tls-verify': 'it says that the certificate of the API server is not to be checked',
  'proxy-url': 'it wants a proxy, which is not supported',
  'certificate-authority': 'it names a file (certificate-authority) instead of holding what that holds',
  'client-certificate': 'it names a file (client-certificate) instead of holding what that holds',
  'client-key': 'it names a file (client-key) instead of holding what that holds',
  tokenFile: 'it names a file (tokenFile) instead of holding what that holds',
  exec: 'it names a program (exec) that would have to be run',
  'auth-provider': 'it names a program (auth-provider) that would have to be run',
} as const;
const refusedOfCluster = ['insecure-skip-tls-verify', 'proxy-url', 'certificate-authority'] as const;
const refusedOfUser = ['client-certificate', 'client-key', 'tokenFile', 'exec', 'auth-provider'] as const;

function parsed(text: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = parse(text, {logLevel: 'silent'});
  } catch {
    // The message of the parser quotes the text.
    throw invalid('it is no YAML');
  }
  if (!isMap(config)) throw invalid('it is empty');
  return config;
}

function namedPart(
  config: Record<string, unknown>,
  list: string,
  part: string,
  name: string | undefined,
  key: string,
): Record<string, unknown> {
  if (name === undefined) throw invalid(`it names no ${key}`);
  const entry = listOf(config[list]).find((item) => isMap(item) && item['name'] === name);
  const found = isMap(entry) ? entry[part] : undefined;
  if (!isMap(found)) throw invalid(`its ${list} lack the one that ${key} names`);
  return found;
}

function pem(from: Record<string, unknown>, key: string): string | undefined {
  const text = textOf(from[key]);
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
}

function checkMaterial({ca, cert, key}: Record<'ca' | 'cert' | 'key', string | undefined>): void {
  try {
    for (const certificate of [ca, cert]) if (certificate !== undefined) new X509Certificate(certificate);
    if (key !== undefined) createPrivateKey(key);
  } catch {
    throw invalid('a certificate or a key it holds cannot be read');
  }
}

function invalid(why: string): ProblemError {
  return new ProblemError({
    code: 'kubeconfig-invalid',
    message: `The kubeconfig cannot be used: ${why}.`,
    hint: 'It must hold the address, the authority and the keys themselves, as /etc/kubernetes/admin.conf on a master does.',
  });
}
