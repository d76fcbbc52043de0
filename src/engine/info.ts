import {homedir, totalmem} from 'node:os';
import {join} from 'node:path';
import type {InfoLine} from './api.ts';
import {problemOf} from './problem.ts';
import {knownHostsPlaces, knownHostsReader} from './remote/known-hosts-files.ts';
import {type LogoutFate, outlivesLogout} from './run/logout.ts';
import {historyLimits} from './run/prune.ts';
import {tasksAtOnce} from './runner-main.ts';
import {rightsIn} from './sharing.ts';
import {hashCacheFile} from './state.ts';
import type {Tools} from './tools.ts';

export interface InfoWorld {
  readonly environment: NodeJS.ProcessEnv;
  readonly stateHome: string;
  readonly programVersion: string;
  readonly tools: Tools;
}

/** Every path, version and limit that matters when something is wrong. An engine that does not answer is a line, too. */
export async function engineInfoLines({environment, stateHome, programVersion, tools}: InfoWorld): Promise<InfoLine[]> {
  const {HOME, DOCKER_CONFIG} = environment;
  const home = HOME || homedir();
  const dockerConfig = DOCKER_CONFIG || join(home, '.docker');
  const logout = await outlivesLogout(environment);
  return [
    {topic: 'pai-tui', value: programVersion},
    {topic: 'node', value: `${process.version} (${process.execPath})`},
    {topic: 'computer', value: `${process.platform} ${process.arch}, ${Math.round(totalmem() / 2 ** 30)} GiB`},
    {topic: 'state', value: rightsIn(stateHome).file === 0o600 ? stateHome : `${stateHome}; shared with its group`},
    {topic: 'runs', value: `${stateHome}/<cluster>/runs; kept ${historyLimits.words}`},
    {topic: 'locks on images', value: `${stateHome}/locks`},
    {topic: 'records of builds', value: `${stateHome}/<cluster>/images`},
    {topic: 'hashes of files', value: hashCacheFile(stateHome)},
    {topic: 'docker engine', value: `${tools.docker.endpoint}: ${await engineWords(tools)}`},
    {topic: 'docker configuration', value: join(dockerConfig, 'config.json')},
    ...(await hostKeyLines(home, stateHome)),
    {topic: 'hooks run in', value: tools.terminal.kind === 'pty' ? 'a pty' : 'pipes (no pty can be had here)'},
    {topic: 'tasks at a time', value: `${tasksAtOnce()} (--parallel N)`},
    {topic: 'output kept', value: '16 MiB of each task, beginning and end'},
    {topic: 'after logout', value: `${logoutWords[logout.outlives]}: ${logout.why}`},
  ];
}

const logoutWords: Readonly<Record<LogoutFate['outlives'], string>> = {
  yes: 'runs go on',
  no: 'runs end',
  unknown: 'not known',
};

/** Where host keys are known from, and what of that does not count because it cannot be read. */
async function hostKeyLines(home: string, stateHome: string): Promise<readonly InfoLine[]> {
  const {files, problems} = await knownHostsReader(knownHostsPlaces(home))();
  const known = files
    .filter(({entries}) => entries.length > 0)
    .map(({name, entries}) => `${entries.length} in ${name}`);
  return [
    {topic: 'host keys', value: [...known, `pins in ${stateHome}/<cluster>/known_hosts`].join(', ')},
    ...problems.map(({message, line}) => ({
      topic: 'host keys unread',
      value: line === undefined ? message : `line ${line}: ${message}`,
    })),
  ];
}

async function engineWords({docker}: Tools): Promise<string> {
  try {
    const {version, apiVersion, platform, cpus, buildkit} = await docker.info(AbortSignal.timeout(5_000));
    return `version ${version}, API ${apiVersion}, ${platform}, ${cpus} CPUs, ${buildkit ? 'with' : 'without'} BuildKit`;
  } catch (error) {
    const {message, hint} = problemOf(error);
    return hint === undefined ? message : `${message} ${hint}`;
  }
}
