import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {ProblemError} from '../problem.ts';

/** What we read of the docker command's config.json. */
export interface DockerConfig {
  /** The folder it is in: certificates and contexts are beside it. */
  readonly folder: string;
  readonly currentContext?: string;
  readonly credsStore?: string;
  readonly credHelpers: Readonly<Record<string, unknown>>;
  readonly auths: Readonly<Record<string, unknown>>;
  /** By address of an engine, or 'default'. */
  readonly proxies: Readonly<Record<string, unknown>>;
}

/** Reads it as it is now, for a login made a minute ago counts. Throws `config-invalid`; a missing file is an empty one. */
export function readDockerConfig(environment: NodeJS.ProcessEnv): DockerConfig {
  const folder = environment['DOCKER_CONFIG'] || join(environment['HOME'] || homedir(), '.docker');
  const config = readJsonFile(join(folder, 'config.json')) ?? {};
  return {
    folder,
    ...(typeof config['currentContext'] === 'string' ? {currentContext: config['currentContext']} : {}),
    ...(typeof config['credsStore'] === 'string' ? {credsStore: config['credsStore']} : {}),
    credHelpers: objectOf(config['credHelpers']),
    auths: objectOf(config['auths']),
    proxies: objectOf(config['proxies']),
  };
}

/** The object in a JSON file, undefined when there is no such file. The file may hold secrets: no part of it is quoted. */
export function readJsonFile(file: string): Readonly<Record<string, unknown>> | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    throw new ProblemError({
      code: 'config-invalid',
      message: `${file} is not valid JSON.`,
      hint: 'The docker command cannot read it either; mend it or move it aside.',
      file,
    });
  }
}

/** The text of a file of docker's, undefined when there is none. Throws `file-unreadable`. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ProblemError({
      code: 'file-unreadable',
      message: `${file} cannot be read (${code}).`,
      hint: 'Docker keeps its settings there; check who owns it and its permissions.',
      file,
    });
  }
}

/** The value as an object; an empty one for anything else. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
