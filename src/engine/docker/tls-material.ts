import {join} from 'node:path';
import {ProblemError} from '../problem.ts';
import {readDockerConfig, readIfThere} from './docker-config.ts';

/** What a connection to an engine is secured with, as PEM. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly verify: boolean;
}

/** Certificates are read when the address turns out to need them. */
export interface TlsSource {
  read(): TlsMaterial;
}

/** DOCKER_TLS_VERIFY counts as set whatever its value, as with the docker command; DOCKER_TLS is TLS without checking. */
export function environmentTls(environment: NodeJS.ProcessEnv): (TlsSource & {readonly variable: string}) | undefined {
  const verify = Boolean(environment['DOCKER_TLS_VERIFY']);
  if (!verify && !environment['DOCKER_TLS']) return undefined;
  const variable = verify ? 'DOCKER_TLS_VERIFY' : 'DOCKER_TLS';
  return {
    variable,
    read() {
      const folder = environment['DOCKER_CERT_PATH'] || readDockerConfig(environment).folder;
      const material = readTls(folder, verify);
      if (verify && material.ca === undefined) throw noCertificate(folder, variable);
      return material;
    },
  };
}

/** Throws `file-unreadable`. */
export function readTls(folder: string, verify: boolean): TlsMaterial {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(join(folder, name)));
  // A certificate without its key is of no use to anybody.
  return {...(ca ? {ca} : {}), ...(cert && key ? {cert, key} : {}), verify};
}

function noCertificate(folder: string, variable: string): ProblemError {
  return new ProblemError({
    code: 'engine-unreachable',
    message: `${variable} is set, but there is no ca.pem in ${folder}, by which the engine would be known.`,
    hint: 'DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem.',
    file: join(folder, 'ca.pem'),
  });
}
