/** What has to be known before a member of etcd is mended. Plain JSON, without a key. */

import type {EtcdfixRequest} from '../../api.ts';
import {each} from '../../machines/each.ts';
import {together} from '../../plan/together.ts';
import type {FactWorld} from '../../plan/types.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import {readEtcd} from '../etcd/read-etcd.ts';
import type {EtcdAnswer} from '../etcd/types.ts';
import {clusterLayout} from '../layout/layout.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {askForStatus, readStatusScript} from '../status/ask-machine.ts';
import {authoritiesOf, judgeCertificates} from '../status/judge-certificates.ts';
import {type Note, readNote} from './note.ts';
import {type FixScripts, readFixScripts} from './scripts.ts';
import type {EtcdCase} from './types.ts';

export interface EtcdfixFacts {
  readonly layout: ClusterLayout;
  readonly scripts: FixScripts;
  /** Of every master. */
  readonly answers: readonly EtcdAnswer[];
  readonly obstacles: EtcdCase['obstacles'];
  /** What earlier runs left undone. */
  readonly note: Note;
}

/** Throws `unknown-name` where the machine is no master. */
export async function readEtcdfixFacts(
  {config: folder, source, machine}: EtcdfixRequest,
  {tools, stateFolder}: FactWorld,
  signal: AbortSignal,
): Promise<EtcdfixFacts> {
  const {config} = await readConfig(folder, source);
  const {layout, problems} = clusterLayout(config);
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? noCluster);
  const {masters, etcdDataPath} = layout;
  if (!masters.some(({name}) => name === machine)) throw noMaster(machine, layout);
  const {assets, clock, machines, files} = tools;
  const [scripts, answers, obstacles, note] = await Promise.all([
    readFixScripts(assets),
    readEtcd({machines, clock, assets, masters, etcdDataPath}, () => {}, signal),
    certificateObstacles(layout, tools, signal),
    readNote(stateFolder, machine, files),
  ]);
  return {layout, scripts, answers, obstacles, note};
}

/** Certificates of etcd that do not work. Of masters that cannot be asked nothing is known. */
async function certificateObstacles(
  layout: ClusterLayout,
  {assets, clock, machines}: FactWorld['tools'],
  signal: AbortSignal,
): Promise<EtcdCase['obstacles']> {
  const script = await readStatusScript(assets);
  const {masters} = layout;
  const now = new Date(clock.now());
  const found = await each(masters, {parallel: masters.length, clock}, async (machine) => {
    try {
      const answer = await machines.use(machine.name, (remote) => askForStatus(remote, script, signal), signal);
      const all = judgeCertificates(layout, machine, answer, authoritiesOf(answer, now), now);
      return all.flatMap(({kind = '', state, faults}): EtcdCase['obstacles'] =>
        ofEtcd.has(kind) && state !== 'good' && state !== 'expiring'
          ? [{master: machine.name, of: 'certificate', said: faults[0] ?? `A certificate of etcd is ${state}.`}]
          : [],
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) throw error;
      return [];
    }
  });
  return found.flat();
}

/** Without which it neither answers nor reaches its peers. */
const ofEtcd: ReadonlySet<string> = new Set(['etcd-server', 'etcd-peer']);

const noCluster: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};

function noMaster(machine: string, {masters}: ClusterLayout): ProblemError {
  return new ProblemError({
    code: 'unknown-name',
    message: `${machine} is no master, so no member of etcd belongs to it.`,
    hint: `Masters are: ${masters.map(({name}) => name).join(', ')}.`,
  });
}
