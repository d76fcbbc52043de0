import {constants} from 'node:fs';
import {access} from 'node:fs/promises';
import {isAbsolute, join, resolve} from 'node:path';
import {userName} from '../run/process.ts';

/** What the operator's account has to log in with, whatever a configuration says. */
export interface OwnLogins {
  readonly user: string;
  readonly home: string;
  /** Of an agent. */
  readonly agentSocket?: string;
  /** Private keys under the names that ssh looks for. */
  readonly keyFiles: readonly string[];
}

/** In the order of ssh_config(5), IdentityFile. */
const usualKeys = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];

export async function readOwnLogins(environment: NodeJS.ProcessEnv): Promise<OwnLogins> {
  const {HOME: home = '/', SSH_AUTH_SOCK: agentSocket} = environment;
  const files = usualKeys.map((name) => join(home, '.ssh', name));
  const there = await Promise.all(files.map(isReadable));
  return {
    user: userName(),
    home,
    ...(agentSocket ? {agentSocket} : {}),
    keyFiles: files.filter((_, index) => there[index]),
  };
}

/** A path of a configuration as this computer has it: '~' is the operator's home, others begin in its folder. */
export function ownPath(written: string, folder: string, home: string): string {
  if (written === '~' || written.startsWith('~/')) return join(home, written.slice(2));
  return isAbsolute(written) ? written : resolve(folder, written);
}

export async function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}
