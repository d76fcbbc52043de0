/** Quick-start files: a list of machines and how to log in to them (behaviour 2.11). */

import type {Problem} from '../../problem.ts';
import {Secret} from '../../secret.ts';
import {checkShape} from '../check-shape.ts';
import {nodeAt} from '../node.ts';
import {hasErrors} from '../problems.ts';
import {isAtLeast, type Release} from '../release.ts';
import {list, map, needed, optional, type Shape} from '../shape.ts';
import {cidr, ipv4, port, text} from '../shape-scalars.ts';
import {readSourceFile, type SourceFile} from '../source-file.ts';
import {lineOf, listAt, placeIn, textAt} from '../yaml-access.ts';

export interface QuickStart {
  /** IPv4 addresses; the first one becomes the master. At least one, none twice. */
  readonly machines: readonly string[];
  readonly username: string;
  readonly password?: Secret;
  /** As written: a path on this computer. */
  readonly keyFile?: string;
  /** The Kubernetes secret that the key is saved in, where a release has one. */
  readonly secretName?: string;
  readonly port: string;
  /** Absent: not said, so it has to be guessed. */
  readonly dns?: string;
  readonly range?: string;
  /** The line of a key, for what is said about it later. */
  line(key: string): number;
}

export interface QuickStartReading {
  /** Only when no problem is an error. */
  readonly quickStart?: QuickStart;
  readonly problems: readonly Problem[];
}

/** Reads a quick-start file for a release. Every mistake at once; never throws. */
export async function readQuickStart(file: string, release: Release): Promise<QuickStartReading> {
  const problems: Problem[] = [];
  const source = await readSourceFile(file, problems);
  if (!source || source.yaml.value === undefined) return {problems};
  problems.push(...checkShape(nodeAt(placeIn(source)), shape), ...checkTogether(source, release));
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (hasErrors(problems)) return {problems};
  return {quickStart: quickStartOf(source), problems};
}

const shape: Shape = map(
  {
    machines: needed(list(ipv4, {least: 1}), 'machines: with the IPv4 address of each, the master first', [
      'machine-list',
    ]),
    'ssh-username': needed(text, 'ssh-username: NAME, who logs in to the machines', ['username', 'ssh_username']),
    'ssh-password': optional(text, '', ['password', 'ssh_password']),
    'ssh-keyfile-path': optional(text, '', ['keyfile-path', 'ssh_keyfile_path']),
    'ssh-secret-name': optional(text, '', ['ssh_secret_name']),
    'ssh-port': optional(port, '', ['sshport', 'ssh_port', 'port']),
    dns: optional(ipv4, '', ['cluster-dns']),
    'service-cluster-ip-range': optional(cidr, '', ['service_cluster_ip_range']),
  },
  'warning',
);

/** What a shape cannot say: keys that need each other, and what a release has no place for. */
function checkTogether(source: SourceFile, release: Release): Problem[] {
  const problems: Problem[] = [];
  const wrong = (key: string, message: string, hint: string, severity?: 'warning') => {
    const line = lineOf(placeIn(source, ...key.split('.')));
    problems.push({
      code: 'config-invalid',
      ...(severity ? {severity} : {}),
      message,
      hint,
      file: source.file,
      line,
      key,
    });
  };
  const has = (key: string) => Boolean(textAt(placeIn(source, key)));
  const isV1 = isAtLeast(release, 'v1.0');
  if (!has('ssh-password') && !has('ssh-keyfile-path')) {
    wrong(
      'ssh-password',
      'The file says no way to log in to the machines.',
      'Write ssh-password: SECRET, or ssh-keyfile-path: with the path of a private key.',
    );
  } else if (isV1 && !has('ssh-password')) {
    wrong(
      'ssh-password',
      'ssh-password is missing: from v1.0 on it is needed also beside a key.',
      'Write ssh-password: SECRET, which sudo asks for on the machines.',
    );
  } else if (!isAtLeast(release, 'v0.9') && !has('ssh-password')) {
    const because = isAtLeast(release, 'v0.8') ? 'ask for a password also beside a key' : 'know no keys';
    wrong('ssh-password', `ssh-password is missing: the tools of ${release} ${because}.`, 'Write ssh-password: SECRET');
  }
  if (has('ssh-secret-name') && !has('ssh-keyfile-path')) {
    wrong(
      'ssh-secret-name',
      'ssh-secret-name names where a key is saved, and there is no key.',
      'Write ssh-keyfile-path: with the path of the private key, or remove ssh-secret-name.',
    );
  }
  if (isV1 && has('ssh-port') && textAt(placeIn(source, 'ssh-port')) !== '22') {
    wrong(
      'ssh-port',
      'From v1.0 on a configuration has no place for the port of ssh.',
      'Set it in ~/.ssh/config, for who logs in to the machines.',
      'warning',
    );
  }
  checkMachines(source, isV1, wrong);
  return problems;
}

function checkMachines(
  source: SourceFile,
  isV1: boolean,
  wrong: (key: string, message: string, hint: string) => void,
): void {
  const machines = machinesOf(source);
  for (const [index, address] of machines.entries()) {
    if (address === undefined || machines.indexOf(address) === index) continue;
    wrong(`machines.${index}`, `The machine ${address} is there twice.`, 'Remove one of the two.');
  }
  if (isV1 && machines.length === 1) {
    const message = 'There is one machine, and from v1.0 on the master runs no jobs, so that no machine would.';
    wrong('machines', message, 'Add the address of another machine.');
  }
}

function machinesOf(source: SourceFile): readonly (string | undefined)[] {
  return listAt(placeIn(source, 'machines')).map((_, index) => textAt(placeIn(source, 'machines', index)));
}

function quickStartOf(source: SourceFile): QuickStart {
  const said = (key: string) => textAt(placeIn(source, key)) || undefined;
  const [password, keyFile, secretName] = [said('ssh-password'), said('ssh-keyfile-path'), said('ssh-secret-name')];
  const [dns, range] = [said('dns'), said('service-cluster-ip-range')];
  return {
    machines: machinesOf(source).filter((address) => address !== undefined),
    username: said('ssh-username') ?? '',
    port: said('ssh-port') ?? '22',
    ...(password === undefined ? {} : {password: new Secret(password)}),
    ...(keyFile === undefined ? {} : {keyFile}),
    ...(secretName === undefined ? {} : {secretName}),
    ...(dns === undefined ? {} : {dns}),
    ...(range === undefined ? {} : {range}),
    line: (key) => lineOf(placeIn(source, key)),
  };
}
