/** What tests see of a run and of the cluster that it booted. */
import type {RunView} from '../../../src/engine/api.ts';
import type {Host} from '../host.ts';
import type {ClusterWorld} from './cluster-world.ts';

/** What did not end well, for messages. */
export function trouble({state}: RunView): readonly string[] {
  return state.tasks.flatMap(({id, status, problem}) =>
    status === 'done' ? [] : [`${id} ${status}: ${problem?.message ?? ''} ${problem?.detail ?? ''}`.trim()],
  );
}

/** A line for each task that changed something. */
export function changed({state}: RunView): readonly string[] {
  return state.tasks.filter((task) => task.changed).map(({id, note}) => `${id}: ${note}`);
}

export function noteOf({state}: RunView, id: string): string | undefined {
  return state.tasks.find((task) => task.id === id)?.note;
}

/** The addresses of nodes, which are their names on the lab, that are Ready. */
export async function readyNodes(world: ClusterWorld, master: Host): Promise<readonly string[]> {
  const lines = (await world.kubectl(master, 'get', 'nodes', '--no-headers')).trim().split('\n');
  return lines.flatMap((line) => /^(\S+) +Ready /.exec(line)?.[1] ?? []);
}

export function addresses(hosts: readonly Host[]): readonly string[] {
  return hosts.map(({address}) => address);
}

/** Whatever a host gets where it asks for a path by plain HTTP. */
export function httpGet(from: Host, at: string, path: string): Promise<string> {
  const place = at.replace(':', '/');
  return from.sh(
    `timeout 10 bash -c "exec 3<> /dev/tcp/${place}; printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3" 2>&1 || true`,
  );
}
