import {resolve} from 'node:path';
import {noMachines} from './machines/access.ts';
import type {SshFor} from './machines/cluster-connections.ts';
import {hashCacheFile, sharingRecords} from './state.ts';
import type {Clock, Tools} from './tools.ts';

/** Where the tools of this computer come from. */
export interface ToolsOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly stateHome: string;
  readonly clock: Clock;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  /** The Docker engine; beats the environment. */
  readonly endpoint?: string | undefined;
}

/** The real outside, without machines. What is heavy in it is loaded when it is first used. */
export async function createTools({environment, stateHome, clock, assets, endpoint}: ToolsOptions): Promise<Tools> {
  const [{createDocker}, {createFiles}, {createTerminal}, {createKubeAccess}] = await Promise.all([
    import('./docker/docker.ts'),
    import('./files/create-files.ts'),
    import('./terminal/create-terminal.ts'),
    import('./kube/create-kube.ts'),
  ]);
  return {
    docker: createDocker({environment, ...(endpoint === undefined ? {} : {endpoint})}),
    files: sharingRecords(createFiles({cacheFile: hashCacheFile(stateHome)}), stateHome),
    terminal: await createTerminal({environment}),
    machines: noMachines,
    kube: createKubeAccess(),
    clock,
    assets,
  };
}

/** SSH and all that belongs to it is loaded when a machine is first asked. */
export async function loadSsh(clock: Clock): Promise<SshFor> {
  const {createSsh} = await import('./remote/create-ssh.ts');
  return (hostKeys) => createSsh({hostKeys, clock});
}

/** The same environment for a process in another folder: what docker's variables name from here, it finds too. */
export function environmentElsewhere(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const absolute = {...environment};
  for (const name of ['DOCKER_CONFIG', 'DOCKER_CERT_PATH']) {
    const folder = environment[name];
    if (folder) absolute[name] = resolve(folder);
  }
  const socket = /^unix:\/\/(.+)$/.exec(environment['DOCKER_HOST'] ?? '')?.[1];
  if (socket) absolute['DOCKER_HOST'] = `unix://${resolve(socket)}`;
  return absolute;
}
