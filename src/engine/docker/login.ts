import type {AuthConfig} from 'dockerode';
import {type Credentials, dockerHub} from '../tools.ts';

/** The key under which Docker keeps credentials of a registry: its own registry has a historical one. */
export function serverAddress(registry: string): string {
  return registry === dockerHub ? 'https://index.docker.io/v1/' : registry;
}

/** Credentials as the engine wants them in a header. This is the place where secrets leave the program. */
export function authConfig(credentials: Credentials): AuthConfig {
  const serveraddress = serverAddress(credentials.registry);
  // dockerode's types know no identity token, the engine does.
  if (credentials.identityToken)
    return {identitytoken: credentials.identityToken.reveal(), serveraddress} as unknown as AuthConfig;
  return {username: credentials.username ?? '', password: credentials.password?.reveal() ?? '', serveraddress};
}

/** For calls that want the header always: an empty one says that there is no login. */
export function authConfigOrNone(credentials: Credentials | undefined): AuthConfig {
  return credentials ? authConfig(credentials) : ({} as AuthConfig);
}
