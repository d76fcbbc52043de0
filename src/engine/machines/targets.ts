/** Where machines are and how to log in, from what the configuration says and what the operator has. */

import type {MachineConfig} from '../config/types.ts';
import type {SshCredential, SshTarget} from '../machine-tools.ts';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {type JumpHost, jumpHosts} from './jump.ts';
import {isReadable, type OwnLogins, ownPath} from './own-logins.ts';
import type {MachineSecrets} from './types.ts';

/** Of a machine in a configuration, or of one that is not in any yet. */
export type Reachable = Pick<MachineConfig, 'hostname' | 'address' | 'sshPort' | 'login'>;

export interface TargetOptions {
  /** The folder of the configuration, where relative paths of keys begin. */
  readonly folder: string;
  readonly own: OwnLogins;
  readonly secrets?: MachineSecrets;
  /** As MachinesRequest has it. */
  readonly jump?: string;
}

/**
 * What to log in with, in this order: what the configuration says, what was given, the agent, the operator's own keys.
 * Few tries come before the right one: sshd ends a connection after six. Throws `secret-missing` where there is
 * nothing at all, `usage` for a jump host that cannot be read.
 */
export async function sshTarget(machine: Reachable, options: TargetOptions): Promise<SshTarget> {
  const {hostname, login} = machine;
  const {folder, own, secrets = {}} = options;
  const password = login.password ?? secrets.password;
  const keyFile = login.keyFile === undefined ? undefined : ownPath(login.keyFile, folder, own.home);
  const hasKey = keyFile !== undefined && (await isReadable(keyFile));
  const credentials: SshCredential[] = [
    ...(hasKey ? [keyCredential(keyFile, secrets)] : []),
    ...(password ? [{kind: 'password' as const, password}] : []),
    ...ownCredentials(own, secrets, keyFile),
  ];
  if (credentials.length === 0) throw nothingToLogInWith(hostname, hasKey ? undefined : keyFile);
  return {...askedTarget(machine, options), credentials, ...(password ? {sudoPassword: password} : {})};
}

/** Where a machine is, for questions that need no login. Hosts on the way to it still want one. */
export function askedTarget(
  {hostname, address, sshPort, login}: Reachable,
  {own, secrets = {}, jump}: TargetOptions,
): SshTarget {
  const through = jump === undefined ? undefined : throughHosts(jumpHosts(jump), own, secrets);
  return {
    name: hostname,
    address,
    port: sshPort,
    user: login.user ?? own.user,
    credentials: [],
    ...(through ? {jump: through} : {}),
  };
}

/** The last of the hosts, each reached through the one before it. */
function throughHosts(hosts: readonly JumpHost[], own: OwnLogins, secrets: MachineSecrets): SshTarget | undefined {
  return hosts.reduce<SshTarget | undefined>((before, {user = own.user, address, port}) => {
    const {jumpPassword: password} = secrets;
    const credentials = [
      ...(password ? [{kind: 'password' as const, password}] : []),
      ...ownCredentials(own, secrets, undefined),
    ];
    if (credentials.length === 0) throw nothingToLogInWith(address, undefined);
    return {name: address, address, port, user, credentials, ...(before ? {jump: before} : {})};
  }, undefined);
}

function ownCredentials(
  {agentSocket, keyFiles}: OwnLogins,
  secrets: MachineSecrets,
  besides: string | undefined,
): readonly SshCredential[] {
  return [
    ...(agentSocket === undefined ? [] : [{kind: 'agent' as const, socket: agentSocket}]),
    ...keyFiles.filter((file) => file !== besides).map((file) => keyCredential(file, secrets)),
  ];
}

function keyCredential(file: string, {passphrase}: MachineSecrets): SshCredential {
  return {kind: 'key', file, ...(passphrase ? {passphrase} : {})};
}

function nothingToLogInWith(machine: string, missing: string | undefined): ProblemError {
  const key = missing === undefined ? '' : `: its key ${displayText(missing)} cannot be read here`;
  return new ProblemError({
    code: 'secret-missing',
    message: `There is nothing to log in to ${displayText(machine)} with${key}.`,
    hint: 'Start an ssh-agent with a key of it, give its password, or write keyfile-path into the configuration.',
    machine,
  });
}
