/** What `docker info` and `docker ps` print. */

import type {Answer} from '../../machine-answer.ts';
import type {DockerFact} from './types.ts';

/** Undefined where the engine does not answer: then the command tells of itself alone. */
export function dockerIn(answer: Answer): DockerFact | undefined {
  const lines = answer.lines('docker');
  const of = (key: string) =>
    lines
      .find((line) => line.trimStart().startsWith(`${key}: `))
      ?.split(': ')[1]
      ?.trim();
  const version = of('Server Version');
  if (!version) return undefined;
  const [cgroupDriver, storageDriver, dataRoot] = [of('Cgroup Driver'), of('Storage Driver'), of('Docker Root Dir')];
  return {
    version,
    ...(cgroupDriver ? {cgroupDriver} : {}),
    ...(storageDriver ? {storageDriver} : {}),
    ...(dataRoot ? {dataRoot} : {}),
    insecureRegistries: listBelow(lines, 'Insecure Registries:'),
    containers: answer.lines('containers').map((name) => name.trim()),
  };
}

/** The lines that stand further in than the one they belong to. */
function listBelow(lines: readonly string[], heading: string): readonly string[] {
  const at = lines.findIndex((line) => line.trim() === heading);
  const depth = (line: string) => line.length - line.trimStart().length;
  if (at < 0) return [];
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => depth(line) <= depth(lines[at] ?? ''));
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.trim());
}
