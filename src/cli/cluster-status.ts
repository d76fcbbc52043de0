import type {ClusterStatus} from '../engine/index.ts';
import {askCluster} from './cluster-query.ts';
import type {Context} from './context.ts';
import {codeOfMachines} from './machine-words.ts';
import {statusDocument} from './status-document.ts';
import {statusPage} from './status-page.ts';
import {type Ended, isUtf8} from './world.ts';

/** `cluster status`: how the running cluster is, what is wrong and what mends it. */
export async function showClusterStatus(context: Context): Promise<Ended> {
  const {output, world} = context;
  const status = await readClusterStatus(context);
  if (output.json) output.data(statusDocument(status));
  else output.print(statusPage(status, {...output, utf8: isUtf8(world), now: Date.now()}));
  return codeOfStatus(status);
}

function readClusterStatus(context: Context): Promise<ClusterStatus> {
  const {engine, output} = context;
  const told = (status: ClusterStatus) => {
    const answered = status.machines.filter(({known, problem}) => known ?? problem).length;
    output.statusLine?.draw(`${answered} of ${status.machines.length} machines were asked`);
  };
  return askCluster(
    context,
    (request, signal) => engine.cluster.status(request, told, signal),
    ({machines}) => machines.flatMap(({machine, problem}) => (problem ? [{machine, problem}] : [])),
  );
}

/** 0 healthy; 1 degraded; 6 where nothing was reached, 4 where host keys alone were in the way. */
function codeOfStatus({health, machines}: ClusterStatus): Ended {
  if (health === 'healthy') return 0;
  if (health === 'degraded') return 1;
  return codeOfMachines(machines.map(({problem}) => ({fine: false, unreached: problem})));
}
