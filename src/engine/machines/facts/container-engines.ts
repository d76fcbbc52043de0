/** Docker and containerd: their versions, and whether they run. */

import type {Answer} from '../../machine-answer.ts';
import type {MachineFacts} from '../types.ts';

/** Absent where there is no trace of it. */
export function dockerIn(answer: Answer): MachineFacts['docker'] {
  const info = new Map(
    answer.lines('docker').map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
  const process = answer.lines('process').includes('dockerd');
  const server = info.get('Server Version');
  const [, client] = /\bversion ([^\s,]+)/.exec(answer.first('docker-version') ?? '') ?? [];
  if (!answer.lines('has').includes('docker') && !process && !server) return undefined;
  // An account outside the group docker is not answered: then a process speaks for the engine.
  const refused = [...answer.lines('docker'), ...answer.lines('docker-error')].some((line) =>
    /permission denied/i.test(line),
  );
  const version = server || client;
  const dataRoot = info.get('Docker Root Dir') || answer.first('docker-root');
  return {
    ...(version ? {version} : {}),
    running: Boolean(server) || (refused && process),
    ...(dataRoot ? {dataRoot} : {}),
  };
}

/** Absent where there is no trace of it. */
export function containerdIn(answer: Answer): MachineFacts['containerd'] {
  const running = answer.lines('process').some((name) => name === 'containerd' || name === 'docker-containe');
  // 'containerd github.com/containerd/containerd 1.6.20 2806fc1057…'
  const version = answer.first('containerd-version')?.split(/\s+/)[2];
  if (!answer.lines('has').includes('containerd') && !running) return undefined;
  return {...(version ? {version} : {}), running};
}
