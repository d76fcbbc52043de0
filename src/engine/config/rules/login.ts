import {isAtLeast, type Release} from '../release.ts';
import {below, keyOf, lineOf, mapAt, type Place, placeIn} from '../yaml-access.ts';
import {written} from './kubernetes-places.ts';
import type {Finding, Rule, RuleInput, Spot} from './types.ts';

/** How machines are logged in to, by this computer and by the original tools. */
export const login: readonly Rule[] = [
  {
    name: 'key-file-there',
    severity: 'warning',
    holds: 'A key file that is named is on this computer.',
    find: (input) =>
      keyFiles(input).flatMap(({at, name, path}): readonly Finding[] => {
        if (input.computer.keyFiles.get(path) !== 'missing') return [];
        const message = `${name} is ${path}, and this computer has no such file.`;
        return [{at, message, hint: 'Write the path of the private key, or have the key in the ssh agent.'}];
      }),
  },
  {
    name: 'key-file-on-this-computer',
    severity: 'notice',
    holds: 'The folder of a key file is on this computer: else the configuration is for use on another.',
    find: (input) =>
      keyFiles(input).flatMap(({at, name, path}): readonly Finding[] => {
        if (input.computer.keyFiles.get(path) !== 'elsewhere') return [];
        const message = `${name} is ${path}, and this computer has no such folder.`;
        return [{at, message, hint: 'From here, have the key in the ssh agent.'}];
      }),
  },
  {
    name: 'whole-path-of-key-file',
    severity: 'warning',
    holds: 'A key file is named by its whole path: ~ and relative paths mean something else to every tool.',
    find: (input) =>
      keyFiles(input).flatMap(({at, name, path}): readonly Finding[] => {
        if (path.startsWith('/')) return [];
        const message = `${name} is ${path}, which is no whole path.`;
        return [{at, message, hint: 'Write the path from / on, as /home/operator/.ssh/id_rsa'}];
      }),
  },
  {
    name: 'key-file-private',
    severity: 'warning',
    holds: 'A key file is open to nobody but its owner: ssh refuses any other.',
    find: (input) =>
      keyFiles(input).flatMap(({at, name, path}): readonly Finding[] => {
        if (input.computer.keyFiles.get(path) !== 'open to others') return [];
        const message = `${name} is ${path}, and others than its owner can read that file, so ssh refuses it.`;
        return [{at, message, hint: `Run: chmod 600 ${path}`}];
      }),
  },
  {
    name: 'key-file-of-the-release',
    severity: 'warning',
    holds: 'keyfile-path is there for tools that read it: v0.8 and later.',
    find: (input) =>
      isAtLeast(input.config.release, 'v0.8') || input.config.era === 'A'
        ? []
        : keyFiles(input).map(({at, name}) => ({
            at,
            message: `${name} is not read by the tools of ${input.config.release}, which log in by password alone.`,
            hint: 'Write a password too where the original tools are still used.',
          })),
  },
  {
    name: 'password-beside-the-key',
    severity: 'notice',
    holds: 'There is a password beside a key file (v0.8, whose tools stop without one).',
    find: (input) => {
      const {config} = input;
      if (!isAtLeast(config.release, 'v0.8') || isAtLeast(config.release, 'v0.9')) return [];
      const without = config.machines.filter(({login}) => login.keyFile !== undefined && login.password === undefined);
      return keyFiles({...input, config: {...config, machines: without}}).map(({at, name}) => ({
        at,
        message: `${name} is given without a password, and the tools of ${config.release} stop where a machine has none.`,
        hint: 'Nothing is needed here; write a password where the original tools are still used.',
      }));
    },
  },
  {
    name: 'one-way-to-log-in',
    severity: 'warning',
    holds: 'default-machine-properties has either password or keyfile-path (v0.9, whose tools stop otherwise).',
    find: ({config, sources}) => defaultsOf(config.release, sources.files.get('machines')),
  },
];

interface KeyFile {
  readonly at: Place | Spot;
  readonly name: string;
  readonly path: string;
}

/** Each place where a key file is named, once, however many machines it counts for. */
function keyFiles({config}: Pick<RuleInput, 'config'>): readonly KeyFile[] {
  const found = new Map<string, KeyFile>();
  for (const {hostname, login, place} of config.machines) {
    const origin = login.keyFile === undefined ? undefined : config.originOf(login, 'keyFile');
    if (login.keyFile === undefined || origin?.from !== 'file') continue;
    const isOwn = origin.key === keyOf(below(place, 'keyfile-path'));
    const name = isOwn ? `machine-list[${hostname}].keyfile-path` : origin.key;
    found.set(`${origin.file} ${origin.key}`, {at: origin, name, path: login.keyFile});
  }
  return [...found.values()];
}

function defaultsOf(release: Release, source: Place['source'] | undefined): readonly Finding[] {
  if (!source || isAtLeast(release, 'v0.10') || !isAtLeast(release, 'v0.9')) return [];
  const place = placeIn(source, 'default-machine-properties');
  if (mapAt(place).size === 0) return [];
  const password = written(place, 'password');
  const key = written(place, 'keyfile-path');
  if ((password === undefined) !== (key === undefined)) return [];
  const message = `default-machine-properties has ${key ? 'both' : 'neither'} password ${key ? 'and' : 'nor'} keyfile-path, and the tools of ${release} want exactly one.`;
  const at = key?.place ?? below(place);
  const spot = {file: at.source.file, line: lineOf(at), key: keyOf(at)};
  return [
    {at: spot, message, hint: key ? 'Remove the one that is not used.' : 'Write password: or keyfile-path: there.'},
  ];
}
