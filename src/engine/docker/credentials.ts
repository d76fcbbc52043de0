import {Secret} from '../secret.ts';
import {type Credentials, dockerHub} from '../tools.ts';
import {askCredentialHelper} from './credential-helper.ts';
import {objectOf, readDockerConfig} from './docker-config.ts';
import {serverAddress} from './login.ts';

/**
 * Credentials for a registry host ('docker.io', 'host:5000') where the docker command keeps them: a helper for this
 * registry, the helper for all, or config.json. Undefined when there are none. Throws `config-invalid` for a broken
 * config.json and `registry-login` for a helper that does not work; no message holds a secret.
 */
export async function findCredentials(
  environment: NodeJS.ProcessEnv,
  registry: string,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<Credentials | undefined> {
  const config = readDockerConfig(environment);
  const host = hostOf(registry);
  const helper = of(host, config.credHelpers) ?? config.credsStore;
  if (typeof helper === 'string' && helper !== '') {
    const answer = await askCredentialHelper(environment, helper, serverAddress(host), deadlineMs, signal);
    return answer && credentialsOf(host, answer.username, answer.secret);
  }
  const entry = of(host, config.auths);
  return entry === undefined ? undefined : fromEntry(host, objectOf(entry));
}

/** What is written for a host: under the key docker itself writes, else under another spelling of it. */
function of(host: string, section: Readonly<Record<string, unknown>>): unknown {
  const key = serverAddress(host);
  return Object.hasOwn(section, key)
    ? section[key]
    : Object.entries(section).find(([each]) => hostOf(each) === host)?.[1];
}

/** The name docker uses where a helper keeps a token in place of a password. */
const tokenUser = '<token>';

function credentialsOf(registry: string, username: string, secret: string): Credentials | undefined {
  if (secret === '') return undefined;
  if (username === tokenUser) return {registry, identityToken: new Secret(secret)};
  return username === '' ? undefined : {registry, username, password: new Secret(secret)};
}

function fromEntry(registry: string, entry: Readonly<Record<string, unknown>>): Credentials | undefined {
  const text = (name: string) => (typeof entry[name] === 'string' ? (entry[name] as string) : '');
  if (text('identitytoken') !== '') return {registry, identityToken: new Secret(text('identitytoken'))};
  const decoded = Buffer.from(text('auth'), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon > 0) return credentialsOf(registry, decoded.slice(0, colon), decoded.slice(colon + 1).replace(/\0+$/, ''));
  return credentialsOf(registry, text('username'), text('password'));
}

/** Keys of config.json may be URLs, of old versions of docker with a path. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return ['index.docker.io', 'registry-1.docker.io', dockerHub].includes(host) ? dockerHub : host;
}
