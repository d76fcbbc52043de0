/** What check.sh says of a machine → what is known of it. Takes any answer: what makes no sense is absent. */

import type {Answer} from '../../machine-answer.ts';
import {byMount} from '../../machines/facts/disks.ts';
import {portsIn} from '../../machines/facts/ports.ts';
import {clusterTracesIn} from '../membership.ts';
import {dockerIn} from './parse-docker.ts';
import {imageIn} from './parse-image.ts';
import {macsIn, othersIn, routesIn} from './parse-network.ts';
import type {FolderFact, MachineAnswer, ModuleState} from './types.ts';

/** `words` are the arguments that check.sh was given: sections are numbered by them. */
export function parseAnswer(answer: Answer, words: readonly string[]): MachineAnswer {
  const asked = (kind: string) =>
    words.flatMap((word, index) =>
      word.startsWith(`${kind}:`) ? [{what: word.slice(kind.length + 1), number: index + 1}] : [],
    );
  const isRoot = answer.first('user') === '0';
  const docker = dockerIn(answer);
  const controllers = answer.first('controllers')?.split(/\s+/);
  const authority = answer.first('cluster-authority')?.split(/\s+/)[0];
  return {
    isRoot,
    folders: asked('folder').map(({what, number}) => folderIn(answer, what, number, isRoot)),
    modules: modulesIn(answer),
    ports: portsIn(answer),
    ...(docker ? {docker} : {}),
    hasDocker: answer.lines('has').includes('docker'),
    installers: answer.lines('has').filter((program) => program !== 'docker'),
    candidates: candidatesIn(answer.lines('candidates')),
    images: asked('image').map(({what, number}) => imageIn(answer, what, number, docker)),
    names: asked('name').map(({what, number}) => ({name: what, addresses: addressesIn(answer, number)})),
    resolver: resolverIn(answer.lines('resolver')),
    routes: routesIn(answer),
    macs: macsIn(answer),
    others: othersIn(
      answer,
      asked('machine').map(({what}) => what),
    ),
    member: {
      ...clusterTracesIn(answer),
      ...(authority ? {authority} : {}),
    },
    etcdData: answer.lines('etcd-data'),
    etcdKept: answer.lines('etcd-kept'),
    ...(answer.first('had-etcd') === 'yes' ? {hadEtcd: true} : {}),
    ...(controllers ? {controllers} : {}),
    hung: [...new Set(answer.lines('hung').map((section) => section.replace(/-\d+$/, '')))],
    missing: answer.lines('missing').map((line) => `${line.slice(0, 1).toUpperCase()}${line.slice(1)}.`),
  };
}

function folderIn(answer: Answer, folder: string, number: number, isRoot: boolean): FolderFact {
  const [found] = byMount(answer.lines(`df-${number}`));
  const [mount, [size = 0, used = 0, available = 0] = []] = found ?? [];
  return {
    folder,
    at: answer.first(`folder-${number}`) ?? folder,
    // What others may not write, root may: only where root asked does it say something of the disk.
    isLocked: isRoot && answer.lines(`locked-${number}`).length > 0,
    ...(mount === undefined ? {} : {mount, size: size * 1024, used: used * 1024, available: available * 1024}),
  };
}

function modulesIn(answer: Answer): Readonly<Record<string, ModuleState>> {
  const states: readonly string[] = ['loaded', 'loadable', 'missing', 'unknown'];
  return Object.fromEntries(
    answer.lines('module').flatMap((line) => {
      const [name = '', state = ''] = line.split(' ');
      return name !== '' && states.includes(state) ? [[name, state as ModuleState]] : [];
    }),
  );
}

/** 'docker.io:' and, further in, '  Candidate: 20.10.24+dfsg1-1+deb12u1'; '(none)' where there is none. */
function candidatesIn(lines: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let name = '';
  for (const line of lines) {
    const [, named] = /^(\S+):$/.exec(line) ?? [];
    if (named !== undefined) name = named;
    const [, version] = /^\s*Candidate: (\S+)$/.exec(line) ?? [];
    if (version !== undefined && version !== '(none)' && name !== '') found[name] = version;
  }
  return found;
}

/** getent: '10.0.0.11       node-1'; exit code 2 says that there is no such name. */
function addressesIn(answer: Answer, number: number): readonly string[] | 'none' | 'unknown' {
  const exit = answer.first(`name-${number}-exit`);
  if (exit === '2') return 'none';
  const found = answer.lines(`name-${number}`).flatMap((line) => line.trim().split(/\s+/)[0] || []);
  return exit === '0' && found.length > 0 ? [...new Set(found)] : 'unknown';
}

/** resolv.conf(5): of search and domain the last line counts. */
function resolverIn(lines: readonly string[]): MachineAnswer['resolver'] {
  const servers: string[] = [];
  let search: readonly string[] = [];
  for (const line of lines) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'nameserver' && values[0] !== undefined) servers.push(values[0]);
    if (keyword === 'search' || keyword === 'domain') search = values;
  }
  return {servers, search};
}
